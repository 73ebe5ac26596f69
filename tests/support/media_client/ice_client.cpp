#include "tests/support/media_client/ice_client.h"

#include <array>
#include <utility>

#include <nice/agent.h>

namespace parlance::test {

namespace {

constexpr guint kComponent = 1;

struct GlibUnref {
  void operator()(GMainContext* context) const { g_main_context_unref(context); }

  void operator()(NiceAgent* agent) const { g_object_unref(agent); }
};

void to_nice_address(const std::string& ip, std::uint16_t port, NiceAddress& address) {
  nice_address_init(&address);
  nice_address_set_from_string(&address, ip.c_str());
  nice_address_set_port(&address, port);
}

}  // namespace

struct IceClient::State {
  std::unique_ptr<GMainContext, GlibUnref> context{g_main_context_new()};
  std::unique_ptr<NiceAgent, GlibUnref> agent;
  guint stream = 0;
  Datagrams on_datagram;
  bool gathered = false;
};

IceClient::IceClient(const std::string& local_ip, Datagrams on_datagram)
    : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.on_datagram = std::move(on_datagram);
  constexpr auto kOptions = static_cast<NiceAgentOption>(NICE_AGENT_OPTION_REGULAR_NOMINATION |
                                                         NICE_AGENT_OPTION_CONSENT_FRESHNESS);
  state.agent.reset(nice_agent_new_full(state.context.get(), NICE_COMPATIBILITY_RFC5245, kOptions));
  NiceAgent* const agent = state.agent.get();
  g_object_set(
      agent, "controlling-mode", TRUE, "upnp", FALSE, "ice-tcp", FALSE, "ice-udp", TRUE, nullptr);
  NiceAddress address;
  to_nice_address(local_ip, 0, address);
  nice_agent_add_local_address(agent, &address);
  state.stream = nice_agent_add_stream(agent, 1);
  const NiceAgentRecvFunc received =
      [](NiceAgent*, guint, guint, guint size, gchar* data, gpointer self) {
        static_cast<State*>(self)->on_datagram(
            {static_cast<const std::uint8_t*>(static_cast<void*>(data)), size});
      };
  nice_agent_attach_recv(
      agent, state.stream, kComponent, state.context.get(), received, state_.get());
}

IceClient::~IceClient() {
  nice_agent_attach_recv(
      state_->agent.get(), state_->stream, kComponent, state_->context.get(), nullptr, nullptr);
  nice_agent_remove_stream(state_->agent.get(), state_->stream);
  while (g_main_context_iteration(state_->context.get(), FALSE) != FALSE) {
  }
}

void IceClient::connect(const sfu::IceParameters& remote,
                        const std::vector<sfu::IceCandidate>& candidates) {
  NiceAgent* const agent = state_->agent.get();
  if (!std::exchange(state_->gathered, true)) {
    nice_agent_gather_candidates(agent, state_->stream);
  }
  nice_agent_set_remote_credentials(
      agent, state_->stream, remote.username_fragment.c_str(), remote.password.c_str());
  GSList* list = nullptr;
  for (const sfu::IceCandidate& from : candidates) {
    NiceCandidate* const candidate = nice_candidate_new(NICE_CANDIDATE_TYPE_HOST);
    candidate->transport = NICE_CANDIDATE_TRANSPORT_UDP;
    candidate->component_id = kComponent;
    candidate->stream_id = state_->stream;
    candidate->priority = from.priority;
    g_strlcpy(candidate->foundation, from.foundation.c_str(), NICE_CANDIDATE_MAX_FOUNDATION);
    to_nice_address(from.address, from.port, candidate->addr);
    list = g_slist_append(list, candidate);
  }
  nice_agent_set_remote_candidates(agent, state_->stream, kComponent, list);
  g_slist_free_full(list, [](gpointer candidate) {
    nice_candidate_free(static_cast<NiceCandidate*>(candidate));
  });
}

void IceClient::restart() {
  nice_agent_restart(state_->agent.get());
}

bool IceClient::ready() const {
  return nice_agent_get_component_state(state_->agent.get(), state_->stream, kComponent) ==
         NICE_COMPONENT_STATE_READY;
}

bool IceClient::connected() const {
  return ready() ||
         nice_agent_get_component_state(state_->agent.get(), state_->stream, kComponent) ==
             NICE_COMPONENT_STATE_CONNECTED;
}

bool IceClient::failed() const {
  return nice_agent_get_component_state(state_->agent.get(), state_->stream, kComponent) ==
         NICE_COMPONENT_STATE_FAILED;
}

std::string IceClient::local_address() const {
  NiceCandidate* local = nullptr;
  NiceCandidate* remote = nullptr;
  if (nice_agent_get_selected_pair(
          state_->agent.get(), state_->stream, kComponent, &local, &remote) == FALSE) {
    return {};
  }
  std::array<char, NICE_ADDRESS_STRING_LEN> ip{};
  nice_address_to_string(&local->addr, ip.data());
  return std::string(ip.data()) + ":" + std::to_string(nice_address_get_port(&local->addr));
}

bool IceClient::send(std::span<const std::uint8_t> datagram) {
  return nice_agent_send(state_->agent.get(),
                         state_->stream,
                         kComponent,
                         static_cast<guint>(datagram.size()),
                         static_cast<const gchar*>(static_cast<const void*>(datagram.data()))) ==
         static_cast<gint>(datagram.size());
}

void IceClient::run_once() {
  // Wakes the wait below at the latest after a millisecond.
  GSource* const timer = g_timeout_source_new(1);
  g_source_set_callback(
      timer, [](gpointer) -> gboolean { return G_SOURCE_REMOVE; }, nullptr, nullptr);
  g_source_attach(timer, state_->context.get());
  g_main_context_iteration(state_->context.get(), TRUE);
  g_source_destroy(timer);
  g_source_unref(timer);
  while (g_main_context_iteration(state_->context.get(), FALSE) != FALSE) {
  }
}

bool run_until(const std::function<bool()>& done, const std::function<void()>& step) {
  const auto give_up = std::chrono::steady_clock::now() + kDeadline;
  while (!done()) {
    if (std::chrono::steady_clock::now() > give_up) {
      return false;
    }
    step();
  }
  return true;
}

}  // namespace parlance::test
