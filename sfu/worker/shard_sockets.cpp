#include "sfu/worker/shard_sockets.h"

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace parlance::sfu {

namespace {

// Where the kernel picks a port for the first address, the others may have it in use.
constexpr int kFreePortAttempts = 32;

constexpr unsigned kLastPort = 65'535;

struct Listen {
  std::vector<SocketAddress> addresses;
  bool v6_optional = false;
};

struct BindFailure {
  int error = 0;
  SocketAddress address;
};

std::expected<Listen, std::string> listen_addresses(const EngineOptions& options) {
  Listen listen;
  listen.v6_optional = options.listen_addresses.empty();
  const std::vector<std::string> texts = options.listen_addresses.empty()
                                             ? std::vector<std::string>{"0.0.0.0", "::"}
                                             : options.listen_addresses;
  for (const std::string& text : texts) {
    const auto address = SocketAddress::parse(text, 0);
    if (!address) {
      return std::unexpected("media.listen: \"" + text +
                             "\" is no IP address; use one of this machine's, 0.0.0.0 or ::");
    }
    listen.addresses.push_back(*address);
  }
  return listen;
}

SocketAddress with_port(const SocketAddress& address, std::uint16_t port) {
  SocketAddress changed = address;
  changed.set_port(port);
  return changed;
}

bool family_missing(int error) {
  return error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
}

// All addresses on one port; port 0 lets the kernel pick it for the first.
std::expected<ShardSockets, BindFailure> bind_all(const Listen& listen, std::uint16_t port) {
  ShardSockets bound;
  bound.port = port;
  for (const SocketAddress& wanted : listen.addresses) {
    const SocketAddress address = with_port(wanted, bound.port);
    auto socket = UdpSocket::bind(address);
    if (!socket && address.is_v6() && listen.v6_optional && family_missing(socket.error())) {
      continue;
    }
    if (!socket) {
      return std::unexpected(BindFailure{socket.error(), address});
    }
    bound.port = socket->local().port();
    bound.sockets.push_back(std::move(*socket));
  }
  return bound;
}

std::expected<ShardSockets, BindFailure> bind_free_port(const Listen& listen) {
  auto bound = bind_all(listen, 0);
  for (int i = 1; i < kFreePortAttempts && !bound && bound.error().error == EADDRINUSE; ++i) {
    bound = bind_all(listen, 0);
  }
  return bound;
}

std::string explain(const BindFailure& failure, unsigned shard, const EngineOptions& options) {
  const std::string where = failure.address.ip_str();
  const std::string port = std::to_string(failure.address.port());
  const std::string shards = std::to_string(options.shards);
  if (failure.error == EADDRINUSE) {
    return "UDP port " + port + " on " + where + " is in use (shard " + std::to_string(shard) +
           " of " + shards + " needs it): is another server running? Stop it, or set media.port" +
           " to the first of " + shards + " free ports.";
  }
  if (failure.error == EADDRNOTAVAIL || failure.error == EAFNOSUPPORT) {
    return "media.listen: " + where + " is no address of this machine; use one that" +
           " `ip address` shows, 0.0.0.0 or ::.";
  }
  if (failure.error == EACCES) {
    return "UDP port " + port + " on " + where + " needs more rights: set media.port to one" +
           " above 1023.";
  }
  return "UDP port " + port + " on " + where + ": " +
         std::system_category().message(failure.error) + "; change media.port or media.listen.";
}

}  // namespace

std::expected<std::vector<ShardSockets>, std::string> bind_shards(const EngineOptions& options) {
  const auto listen = listen_addresses(options);
  if (!listen) {
    return std::unexpected(listen.error());
  }
  if (options.first_port != 0 && options.first_port + options.shards - 1 > kLastPort) {
    return std::unexpected("media.port " + std::to_string(options.first_port) +
                           " leaves no room for " + std::to_string(options.shards) +
                           " shards below 65536: lower media.port or media.shards.");
  }
  std::vector<ShardSockets> all;
  for (unsigned i = 0; i < options.shards; ++i) {
    const auto port = static_cast<std::uint16_t>(options.first_port + i);
    auto bound = options.first_port == 0 ? bind_free_port(*listen) : bind_all(*listen, port);
    if (!bound) {
      return std::unexpected(explain(bound.error(), i, options));
    }
    all.push_back(std::move(*bound));
  }
  return all;
}

SocketOptions options_of(std::span<const ShardSockets> shards) {
  SocketOptions all;
  for (const ShardSockets& shard : shards) {
    for (const UdpSocket& socket : shard.sockets) {
      all.trains = all.trains && socket.can_segment();
      all.groups = all.groups && socket.takes_groups();
      all.feedback = all.feedback && socket.feedback_fd() >= 0;
    }
  }
  return all;
}

std::string describe_lack(const SocketOptions& options) {
  std::string lack;
  const auto add = [&lack](bool has, std::string_view what) {
    if (!has) {
      lack += lack.empty() ? "this kernel lacks " : ", ";
      lack += what;
    }
  };
  add(options.trains, "UDP_SEGMENT (datagrams are sent one by one)");
  add(options.groups, "UDP_GRO (datagrams are received one by one)");
  add(options.feedback, "SO_ATTACH_REUSEPORT_CBPF (every report wakes a worker)");
  return lack;
}

}  // namespace parlance::sfu
