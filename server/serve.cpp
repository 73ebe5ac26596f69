#include "server/serve.h"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include "chat/adapters/accounts/account_flow.h"
#include "chat/adapters/argon2/argon2_hasher.h"
#include "chat/adapters/jwt/jwt_tokens.h"
#include "chat/adapters/store_threads/start_chat_service.h"
#include "server/admin.h"
#include "server/data_folder.h"
#include "server/exit_codes.h"
#include "server/lan_certificate.h"
#include "server/logging.h"
#include "server/metrics.h"
#include "server/network_addresses.h"
#include "sfu/api/media_engine.h"
#include "signaling/server/signaling_server.h"
#include "turn-config/turn_credentials.h"

namespace parlance::server {

namespace {

using namespace std::chrono_literals;

// Clients come back each at a time of its own within the spread, so that the next server isn't
// stormed.
constexpr auto kDrainSpread = 500ms;
constexpr auto kDrainPatience = 5s;

// What the parts of a running server hold on to. Members are taken apart from the last to the
// first.
struct Running {
  Configuration configuration;
  std::shared_ptr<spdlog::logger> log;  // shared with the threads of the parts
  std::atomic<bool> stopping{false};
  // Known once signaling runs; until then nobody is there to be told of events.
  std::atomic<signaling::SignalingServer*> publisher{nullptr};
  std::unique_ptr<DataFolder> folder;
  std::unique_ptr<signaling::SignalingServer> signaling;
  std::unique_ptr<chat::ChatService> chat;
  std::unique_ptr<chat::AccountService> accounts;
  std::unique_ptr<sfu::MediaEngine> media;
};

using Step = std::expected<void, std::string>;

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// Before any thread is started, so that all inherit it: stop signals wait for the main thread, and
// a peer that went away is an error of write(), not the end of the process.
void take_signals() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void wait_for_stop() {
  const sigset_t signals = stop_signals();
  int received = 0;
  while (sigwait(&signals, &received) != 0) {
  }
}

Step start_chat(Running& running) {
  chat::StoreOptions options;
  options.url = running.configuration.storage.url;
  options.report = [log = running.log](const std::string& line) {
    log->error("store: {}", line);
  };
  auto chat = chat::start_chat_service(std::move(options),
                                       [&running](const std::shared_ptr<const chat::Event>& event) {
                                         if (auto* publisher = running.publisher.load()) {
                                           publisher->publish(event);
                                         }
                                       });
  if (!chat) {
    return std::unexpected(chat.error());
  }
  running.chat = std::move(*chat);
  return {};
}

Step start_accounts(Running& running) {
  auto tokens = chat::open_jwt_tokens(running.folder->path() / kTokenKeysFolder);
  if (!tokens) {
    return std::unexpected(tokens.error());
  }
  running.accounts = chat::start_accounts(
      *running.chat,
      chat::make_argon2_hasher(),
      std::move(*tokens),
      [&running](chat::UserId user, const std::vector<chat::DeviceId>& devices) {
        if (auto* publisher = running.publisher.load()) {
          publisher->revoke(user, devices);
        }
      });
  return {};
}

Step start_media(Running& running) {
  const auto& media = running.configuration.media;
  sfu::EngineOptions options;
  options.workers = media.workers;
  options.shards = media.shards;
  options.spread_at = media.spread_at / 100.0;
  options.listen_addresses = media.listen;
  options.first_port = media.port;
  for (const Announced& announced : media.announced) {
    options.announced.push_back({announced.address, announced.port});
  }
  options.bug_log = [log = running.log](std::string_view bug) {
    log->error("media: {}", bug);
  };
  options.notice_log = [log = running.log](std::string_view notice) {
    log->warn("media: {}", notice);
  };
  auto engine = sfu::start_media_engine(options);
  if (!engine) {
    return std::unexpected(engine.error());
  }
  running.media = std::move(*engine);
  return {};
}

std::vector<signaling::IceServer> ice_servers(const Configuration& configuration,
                                              chat::UserId user,
                                              UnixMillis now) {
  const auto& turn = configuration.turn;
  if (turn.urls.empty()) {
    return {};
  }
  if (turn.secret.empty()) {
    return {{turn.urls, "", ""}};
  }
  auto minted = turn::mint_turn_credentials(turn.secret, user.str(), now, turn.ttl);
  return {{turn.urls, std::move(minted.username), std::move(minted.credential)}};
}

// The pages, if there are any. A folder that was named has to hold them; the default one may be
// missing.
std::filesystem::path pages_of(const Configuration& c) {
  std::error_code ignored;
  const bool missing = c.http.web_root == Configuration{}.http.web_root &&
                       !std::filesystem::exists(c.http.web_root / "index.html", ignored);
  return missing ? std::filesystem::path{} : c.http.web_root;
}

Step start_signaling(Running& running, std::optional<signaling::TlsFiles> tls, std::string token) {
  const Configuration& c = running.configuration;
  signaling::SignalingOptions options;
  options.listen_addresses = c.http.listen;
  options.port = c.http.port;
  options.threads = c.signaling.threads;
  options.tls = std::move(tls);
  options.web_root = pages_of(c);
  options.allowed_origins = c.http.origins;
  options.trusted_addresses = c.http.trusted;
  options.call.max_participants = c.call.max_participants;

  signaling::SignalingDependencies dependencies{
      *running.chat,
      *running.media,
      [&c](chat::UserId user, UnixMillis now) { return ice_servers(c, user, now); },
      [&running] {
        const auto* signaling = running.publisher.load();
        return metrics_text(
            running.media->load(),
            signaling == nullptr ? std::map<std::string, std::uint64_t>{} : signaling->counters());
      },
      [&running] {
        return running.stopping ? std::optional<std::string>("stopping") : std::nullopt;
      },
      {admin_route(*running.media, *running.accounts, std::move(token))},
      [log = running.log](const std::string& line) { log->warn("signaling: {}", line); },
      running.accounts.get()};
  auto server = signaling::start_signaling_server(std::move(options), std::move(dependencies));
  if (!server) {
    return std::unexpected(server.error());
  }
  running.signaling = std::move(*server);
  running.publisher = running.signaling.get();
  return {};
}

std::string in_url(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

// Where a browser on this machine finds the server.
std::string local_host(const Configuration& configuration) {
  const auto& first = configuration.http.listen.front();
  const bool everywhere = first == "::" || first == "0.0.0.0";
  return everywhere || first == "127.0.0.1" || first == "::1" ? "localhost" : in_url(first);
}

// Where `parlance workers` finds it: by number, so that no resolver has a say.
std::string admin_host(const Configuration& configuration) {
  const auto& first = configuration.http.listen.front();
  if (first == "::" || first == "0.0.0.0") {
    return "127.0.0.1";
  }
  return in_url(first);
}

void announce(const Running& running, const MachineNames& names, bool tls) {
  const char* scheme = tls ? "https" : "http";
  const auto port = running.signaling->port();
  fmt::print(
      "Parlance is running. Open {}://{}:{}\n", scheme, local_host(running.configuration), port);
  if (running.configuration.http.lan) {
    for (const std::string& address : names.addresses) {
      fmt::print("  from other machines: https://{}:{}\n", in_url(address), port);
    }
    fmt::print(
        "  Browsers warn of the certificate, because the server made it itself: go on once.\n");
  }
  if (pages_of(running.configuration).empty()) {
    fmt::print("  It serves no pages: script/server builds them, --web names their folder.\n");
  }
  std::fflush(stdout);
  const auto& media = running.configuration.media;
  running.log->info("serving on port {}, {} shards, {} workers, data in {}",
                    port,
                    media.shards,
                    media.workers,
                    running.folder->path().string());
}

std::optional<signaling::TlsFiles> configured_tls(const Configuration& c) {
  if (c.http.tls_certificate.empty()) {
    return std::nullopt;
  }
  return signaling::TlsFiles{c.http.tls_certificate, c.http.tls_key};
}

Step start(Running& running) {
  const Configuration& c = running.configuration;
  auto folder = DataFolder::open(c.data.folder);
  if (!folder) {
    return std::unexpected(folder.error());
  }
  running.folder = std::make_unique<DataFolder>(std::move(*folder));
  const MachineNames names = c.http.lan ? machine_names() : MachineNames{};
  auto tls = configured_tls(c);
  if (c.http.lan) {
    auto own = lan_certificate(*running.folder, names.addresses, names.host_name);
    if (!own) {
      return std::unexpected(own.error());
    }
    tls = std::move(*own);
  }
  const bool secure = tls.has_value();
  const std::string token = new_admin_token();
  for (const auto& step : std::initializer_list<std::function<Step()>>{
           [&] { return start_chat(running); },
           [&] { return start_accounts(running); },
           [&] { return start_media(running); },
           [&] {
             return start_signaling(running, std::move(tls), token);
           }}) {
    if (auto started = step(); !started) {
      return started;
    }
  }
  const std::string url = fmt::format(
      "{}://{}:{}", secure ? "https" : "http", admin_host(c), running.signaling->port());
  if (!running.folder->write_private(kAdminTokenFile, token + "\n") ||
      !running.folder->write_private(kAdminUrlFile, url + "\n")) {
    return std::unexpected(
        fmt::format("the data folder {} can't be written", running.folder->path().string()));
  }
  announce(running, names, secure);
  return {};
}

// Clients first, then the store, whose answers they no longer wait for, then media. What others
// post to (the executors of the signaling threads) goes last.
void stop(Running& running) {
  running.stopping = true;
  if (running.folder) {
    running.folder->remove(kAdminUrlFile);
  }
  if (running.signaling) {
    running.signaling->drain(kDrainSpread, kDrainPatience);
  }
  if (running.accounts) {
    running.accounts->stop();
  }
  if (running.chat) {
    running.chat->stop();
  }
  if (running.signaling) {
    running.signaling->stop();
  }
  running.publisher = nullptr;
  running.media.reset();
  running.accounts.reset();
  running.chat.reset();
  running.signaling.reset();
}

}  // namespace

int serve(Configuration configuration) {
  take_signals();
  // What the server writes (messages, tokens, keys) is its owner's alone, in an open folder, too.
  umask(S_IRWXG | S_IRWXO);
  Running running;
  running.configuration = std::move(configuration);
  running.log = make_logger(running.configuration.log.level, running.configuration.log.json);
  if (const auto started = start(running); !started) {
    fmt::print(stderr, "parlance does not start: {}\n", started.error());
    stop(running);
    return kExitEnvironment;
  }
  wait_for_stop();
  running.log->info("stopping: clients are told to come back");
  stop(running);
  running.log->info("stopped");
  return kExitDone;
}

}  // namespace parlance::server
