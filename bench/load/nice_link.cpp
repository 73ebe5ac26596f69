#include "bench/load/nice_link.h"

#include <array>
#include <utility>

#include <nice/agent.h>

#include "bench/load/rtp_header.h"

namespace parlance::load {

namespace {

constexpr guint kComponent = 1;

GMainContext* context_of(void* handle) {
  return static_cast<GMainContext*>(handle);
}

}  // namespace

NiceContext::NiceContext() : context_(g_main_context_new()) {}

NiceContext::~NiceContext() {
  g_main_context_unref(context_of(context_));
}

void NiceContext::turn() {
  constexpr guint kWaitMs = 5;
  GSource* const timer = g_timeout_source_new(kWaitMs);
  g_source_set_callback(
      timer, [](gpointer) -> gboolean { return G_SOURCE_REMOVE; }, nullptr, nullptr);
  g_source_attach(timer, context_of(context_));
  g_main_context_iteration(context_of(context_), TRUE);
  g_source_destroy(timer);
  g_source_unref(timer);
  while (g_main_context_iteration(context_of(context_), FALSE) != FALSE) {
  }
}

struct NiceLink::Agent {
  struct Unref {
    void operator()(NiceAgent* agent) const { g_object_unref(agent); }
  };

  std::unique_ptr<NiceAgent, Unref> nice;
  GMainContext* context = nullptr;
  guint stream = 0;
};

NiceLink::NiceLink(NiceContext& context, const DtlsContext& dtls)
    : Link(dtls, SrtpKind::kLibsrtp), agent_(std::make_unique<Agent>()) {
  agent_->context = context_of(context.handle());
  constexpr auto kOptions = static_cast<NiceAgentOption>(NICE_AGENT_OPTION_REGULAR_NOMINATION |
                                                         NICE_AGENT_OPTION_CONSENT_FRESHNESS);
  agent_->nice.reset(nice_agent_new_full(agent_->context, NICE_COMPATIBILITY_RFC5245, kOptions));
  NiceAgent* const nice = agent_->nice.get();
  g_object_set(
      nice, "controlling-mode", TRUE, "upnp", FALSE, "ice-tcp", FALSE, "ice-udp", TRUE, nullptr);
  agent_->stream = nice_agent_add_stream(nice, 1);
  const NiceAgentRecvFunc received =
      [](NiceAgent*, guint, guint, guint size, gchar* data, gpointer self) {
        auto* const bytes = static_cast<std::uint8_t*>(static_cast<void*>(data));
        static_cast<NiceLink*>(self)->on_datagram({bytes, size});
      };
  nice_agent_attach_recv(nice, agent_->stream, kComponent, agent_->context, received, this);
}

NiceLink::~NiceLink() {
  nice_agent_attach_recv(
      agent_->nice.get(), agent_->stream, kComponent, agent_->context, nullptr, nullptr);
  nice_agent_remove_stream(agent_->nice.get(), agent_->stream);
}

IceCredentials NiceLink::local() const {
  gchar* ufrag = nullptr;
  gchar* password = nullptr;
  nice_agent_get_local_credentials(agent_->nice.get(), agent_->stream, &ufrag, &password);
  IceCredentials credentials{ufrag, password};
  g_free(ufrag);
  g_free(password);
  return credentials;
}

void NiceLink::connect(const RemoteTerms& remote, OnMedia on_media) {
  on_media_ = std::move(on_media);
  server_fingerprint_ = remote.fingerprint;
  NiceAgent* const nice = agent_->nice.get();
  NiceAddress address;
  nice_address_init(&address);
  // Loopback is gathered only when it is asked for; other addresses by themselves.
  if (remote.ip.starts_with("127.")) {
    nice_address_set_from_string(&address, "127.0.0.1");
    nice_agent_add_local_address(nice, &address);
  }
  nice_agent_gather_candidates(nice, agent_->stream);
  nice_agent_set_remote_credentials(
      nice, agent_->stream, remote.ice.username_fragment.c_str(), remote.ice.password.c_str());
  NiceCandidate* const candidate = nice_candidate_new(NICE_CANDIDATE_TYPE_HOST);
  candidate->transport = NICE_CANDIDATE_TRANSPORT_UDP;
  candidate->component_id = kComponent;
  candidate->stream_id = agent_->stream;
  constexpr guint32 kHostPriority = 0x7E00'00FF;  // RFC 8445, section 5.1.2.1
  candidate->priority = kHostPriority;
  g_strlcpy(candidate->foundation, "1", NICE_CANDIDATE_MAX_FOUNDATION);
  nice_address_set_from_string(&candidate->addr, remote.ip.c_str());
  nice_address_set_port(&candidate->addr, remote.port);
  GSList* const list = g_slist_append(nullptr, candidate);
  nice_agent_set_remote_candidates(nice, agent_->stream, kComponent, list);
  g_slist_free(list);
  nice_candidate_free(candidate);
}

bool NiceLink::send(std::span<const std::uint8_t> datagram) {
  const auto* const bytes = static_cast<const gchar*>(static_cast<const void*>(datagram.data()));
  const auto size = static_cast<guint>(datagram.size());
  return nice_agent_send(agent_->nice.get(), agent_->stream, kComponent, size, bytes) >= 0;
}

void NiceLink::on_timer() {
  if (state() != State::kChecking) {
    repeat_dtls();
    return;
  }
  const auto path = nice_agent_get_component_state(agent_->nice.get(), agent_->stream, kComponent);
  if (path == NICE_COMPONENT_STATE_CONNECTED || path == NICE_COMPONENT_STATE_READY) {
    start_dtls(server_fingerprint_);
  } else if (path == NICE_COMPONENT_STATE_FAILED) {
    fail();
  }
}

void NiceLink::on_datagram(std::span<std::uint8_t> datagram) {
  if (!is_media(datagram)) {
    on_dtls(datagram);
  } else if (state() == State::kConnected) {
    on_media_(datagram);
  }
}

}  // namespace parlance::load
