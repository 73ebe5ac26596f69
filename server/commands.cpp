#include "server/commands.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/admin.h"
#include "server/certificate_client.h"
#include "server/data_folder.h"
#include "server/exit_codes.h"
#include "server/network_addresses.h"

namespace parlance::server {

namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const std::string& host, std::uint16_t port, int type, int flags) {
  addrinfo hints{};
  hints.ai_socktype = type;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    found = nullptr;
  }
  return {found, &freeaddrinfo};
}

// Whether a server could listen there; an address that this machine lacks counts as free of others.
bool port_free(const std::string& address, std::uint16_t port, int type) {
  const Addresses found = resolve(address, port, type, AI_NUMERICHOST | AI_PASSIVE);
  if (!found) {
    return true;
  }
  const int probe = socket(found->ai_family, type | SOCK_CLOEXEC, 0);
  if (probe < 0) {
    return true;
  }
  const int on = 1;
  if (found->ai_family == AF_INET6) {
    setsockopt(probe, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (type == SOCK_STREAM) {
    setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  }
  const bool taken = bind(probe, found->ai_addr, found->ai_addrlen) != 0 && errno == EADDRINUSE;
  close(probe);
  return !taken;
}

class Report {
 public:
  void line(bool good, const std::string& text) {
    bad_ += good ? 0 : 1;
    fmt::print("{} {}\n", good ? "ok  " : "FIX ", text);
  }

  bool clean() const { return bad_ == 0; }

 private:
  int bad_ = 0;
};

void check_ports(const Configuration& c, Report& report) {
  for (const std::string& address : c.http.listen) {
    report.line(
        port_free(address, c.http.port, SOCK_STREAM),
        fmt::format("TCP port {} on {} is free for pages (--http-port)", c.http.port, address));
  }
  for (unsigned shard = 0; shard < c.media.shards && c.media.port != 0; ++shard) {
    const auto port = static_cast<std::uint16_t>(c.media.port + shard);
    for (const std::string& address : c.media.listen) {
      if (!port_free(address, port, SOCK_DGRAM)) {
        report.line(false, fmt::format("UDP port {} on {} is taken (--media-port)", port, address));
      }
    }
  }
  report.line(true,
              fmt::format("media uses UDP ports {} to {}: open them in the firewall",
                          c.media.port,
                          c.media.port + c.media.shards - 1));
}

void check_buffers(Report& report) {
  constexpr long kWantedBytes = 4L * 1024 * 1024;
  for (const char* name : {"rmem_max", "wmem_max"}) {
    long bytes = 0;
    std::ifstream(fmt::format("/proc/sys/net/core/{}", name)) >> bytes;
    report.line(bytes >= kWantedBytes,
                fmt::format("socket buffers: net.core.{} is {}; {} or more carries bursts: "
                            "sysctl -w net.core.{}={}",
                            name,
                            bytes,
                            kWantedBytes,
                            name,
                            kWantedBytes));
  }
}

void check_announced(const Configuration& c, Report& report) {
  for (const Announced& announced : c.media.announced) {
    report.line(resolve(announced.address, 0, SOCK_DGRAM, 0) != nullptr,
                fmt::format("the announced address {} is known", announced.address));
  }
  if (c.media.announced.empty()) {
    const auto names = machine_names();
    report.line(!names.addresses.empty(),
                names.addresses.empty()
                    ? "no address but loopback: only this machine can take part (--announce)"
                    : fmt::format("clients are told to send media to {}: if they can't reach that "
                                  "from outside, say where they can (--announce)",
                                  fmt::join(names.addresses, ", ")));
  }
}

void check_folders(const Configuration& c, Report& report) {
  std::error_code ignored;
  const auto folder = DataFolder::open(c.data.folder);
  report.line(folder.has_value(),
              folder ? fmt::format("the data folder {} can be written", c.data.folder.string())
                     : folder.error());
  const bool pages =
      c.http.web_root.empty() || std::filesystem::exists(c.http.web_root / "index.html", ignored);
  report.line(pages,
              fmt::format("the pages are in {} (--web; script/server builds them)",
                          c.http.web_root.string()));
}

void check_clock(Report& report) {
  // A build can't be newer than now; tokens, certificates and TURN credentials would all be off.
  constexpr std::int64_t kBuiltAfter = 1'735'689'600;  // 2025-01-01
  report.line(time(nullptr) > kBuiltAfter, "the clock is set (TURN and TLS need it)");
}

}  // namespace

int run_workers(const Configuration& configuration, std::optional<unsigned> count) {
  const auto& folder = configuration.data.folder;
  const auto url = read_text(folder / kAdminUrlFile);
  const auto token = read_text(folder / kAdminTokenFile);
  if (!url || !token) {
    fmt::print(stderr,
               "no server runs with the data folder {} (or it is another user's): give the running "
               "server's with --data\n",
               folder.string());
    return kExitEnvironment;
  }
  LocalRequest request{"GET", *url + "/admin/load", *token, "", folder / kLanCertificateFile};
  if (!configuration.http.tls_certificate.empty()) {
    request.certificate = configuration.http.tls_certificate;
  }
  if (count) {
    request.method = "PUT";
    request.url = *url + "/admin/workers";
    request.body = fmt::format("{{\"workers\":{}}}", *count);
  }
  const auto response = send_request(request);
  if (!response) {
    fmt::print(stderr, "{}\n", response.error());
    return kExitEnvironment;
  }
  const std::string table = response->status == 200 ? load_table(response->body) : "";
  if (table.empty()) {
    fmt::print(stderr, "the server refused ({}): {}\n", response->status, response->body);
    return kExitEnvironment;
  }
  fmt::print("{}", table);
  return kExitDone;
}

int run_doctor(const Configuration& configuration) {
  Report report;
  check_ports(configuration, report);
  check_announced(configuration, report);
  check_buffers(report);
  check_folders(configuration, report);
  check_clock(report);
  return report.clean() ? kExitDone : kExitEnvironment;
}

}  // namespace parlance::server
