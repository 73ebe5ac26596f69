#include "server/configuration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"

namespace parlance::server {

namespace {

constexpr unsigned kMostSignalingThreads = 4;  // of the default

// Takes settings over into a configuration; after the first error the rest counts no more.
class Reader {
 public:
  explicit Reader(const Settings& settings) : settings_(settings) {}

  const std::optional<std::string>& error() const { return error_; }

  bool has(std::string_view key) const { return settings_.contains(key); }

  void fail(std::string_view key, std::string_view what) {
    if (!error_) {
      const auto at = settings_.find(key);
      const std::string where = at == settings_.end() ? "defaults" : at->second.where;
      error_ = fmt::format("{}: {} {}", where, key, what);
    }
  }

  template <typename T>
  void number(std::string_view key, T& target) {
    const Setting* setting = find(key);
    if (setting == nullptr) {
      return;
    }
    const Option* option = find_option(key);
    const auto value = std::get<std::int64_t>(setting->value);
    if (value < option->least || value > option->most) {
      return fail(key, fmt::format("takes {}, not {}", expected_value(*option), value));
    }
    target = static_cast<T>(value);
  }

  template <typename T>
  void plain(std::string_view key, T& target) {
    if (const Setting* setting = find(key)) {
      target = std::get<T>(setting->value);
    }
  }

  void path(std::string_view key, std::filesystem::path& target) {
    if (const Setting* setting = find(key)) {
      target = std::get<std::string>(setting->value);
    }
  }

 private:
  const Setting* find(std::string_view key) const {
    CHECK(find_option(key) != nullptr);
    const auto at = settings_.find(key);
    return at == settings_.end() ? nullptr : &at->second;
  }

  const Settings& settings_;
  std::optional<std::string> error_;
};

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
    return std::nullopt;
  }
  return port;
}

void read_http(Reader& reader, Configuration& c) {
  reader.plain("http.listen", c.http.listen);
  reader.number("http.port", c.http.port);
  reader.path("http.tls_certificate", c.http.tls_certificate);
  reader.path("http.tls_key", c.http.tls_key);
  reader.plain("http.lan", c.http.lan);
  reader.path("http.web_root", c.http.web_root);
  reader.plain("http.origins", c.http.origins);
  reader.plain("http.trusted", c.http.trusted);
  if (c.http.listen.empty()) {
    reader.fail("http.listen", "needs an address");
  }
  if (c.http.tls_certificate.empty() != c.http.tls_key.empty()) {
    const char* given = c.http.tls_certificate.empty() ? "http.tls_key" : "http.tls_certificate";
    reader.fail(given, "needs both http.tls_certificate and http.tls_key");
  }
  if (c.http.lan && !c.http.tls_certificate.empty()) {
    reader.fail("http.lan", "makes a certificate of its own; take it or http.tls_certificate away");
  }
  for (const std::string& origin : c.http.origins) {
    const bool sane = (origin.starts_with("https://") || origin.starts_with("http://")) &&
                      origin.find('/', origin.find("//") + 2) == std::string::npos;
    if (!sane) {
      reader.fail(
          "http.origins",
          fmt::format("takes scheme and host like https://app.example.org, not {}", origin));
    }
  }
}

void read_media(Reader& reader, Configuration& c, unsigned cores) {
  c.media.workers = cores;
  c.media.shards = 2 * cores;
  reader.number("media.workers", c.media.workers);
  reader.number("media.shards", c.media.shards);
  if (!reader.has("media.shards")) {
    c.media.shards = std::max(c.media.shards, c.media.workers);
  }
  if (!reader.has("media.workers")) {
    c.media.workers = std::min(c.media.workers, c.media.shards);
  }
  reader.number("media.spread_at", c.media.spread_at);
  reader.number("media.port", c.media.port);
  reader.plain("media.listen", c.media.listen);
  if (c.media.workers > c.media.shards) {
    reader.fail("media.workers",
                fmt::format("is {}, but there are only {} shards for them: raise media.shards",
                            c.media.workers,
                            c.media.shards));
  }
  constexpr unsigned kPorts = 65'536;
  if (c.media.port + c.media.shards > kPorts) {
    reader.fail("media.port", "leaves no room below 65536 for a port per shard: lower it");
  }
  if (c.media.listen.empty()) {
    reader.fail("media.listen", "needs an address");
  }
  std::vector<std::string> announced;
  reader.plain("media.announced", announced);
  for (const std::string& text : announced) {
    const auto parsed = announced_of(text);
    if (!parsed) {
      reader.fail("media.announced", fmt::format("takes host or host:port, not \"{}\"", text));
      return;
    }
    c.media.announced.push_back(*parsed);
  }
}

void read_turn(Reader& reader, Configuration& c) {
  reader.plain("turn.urls", c.turn.urls);
  reader.plain("turn.secret", c.turn.secret);
  std::int64_t ttl = c.turn.ttl.count();
  reader.number("turn.ttl", ttl);
  c.turn.ttl = std::chrono::seconds(ttl);
  bool relays = false;
  for (const std::string& url : c.turn.urls) {
    relays = relays || !url.starts_with("stun:");
    if (!url.starts_with("turn:") && !url.starts_with("turns:") && !url.starts_with("stun:")) {
      reader.fail("turn.urls", fmt::format("takes turn:, turns: or stun: URLs, not {}", url));
    }
  }
  if (relays && c.turn.secret.empty()) {
    reader.fail("turn.urls", "needs turn.secret, the static-auth-secret of that relay");
  }
}

void read_log(Reader& reader, Configuration& c) {
  constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};
  std::string level = "info";
  reader.plain("log.level", level);
  reader.plain("log.json", c.log.json);
  const auto at = std::ranges::find(kLevels, level);
  if (at == kLevels.end()) {
    return reader.fail("log.level",
                       fmt::format("is debug, info, warn or error, not \"{}\"", level));
  }
  c.log.level = static_cast<LogLevel>(at - kLevels.begin());
}

void read_data(Reader& reader, Configuration& c) {
  reader.path("data.folder", c.data.folder);
  reader.plain("storage.url", c.storage.url);
  if (c.data.folder.empty()) {
    reader.fail("data.folder", "needs a name");
  }
  if (c.storage.url.empty()) {
    c.storage.url = "sqlite:" + (c.data.folder / "parlance.db").string();
    return;
  }
  const auto starts = [&](std::string_view scheme) {
    return c.storage.url.starts_with(scheme);
  };
  // The URL isn't repeated: it may hold a password.
  if (!starts("sqlite:") && !starts("postgres://") && !starts("postgresql://") &&
      c.storage.url != "memory:") {
    reader.fail("storage.url",
                "takes sqlite:FILE, postgres://USER:PASSWORD@HOST/DATABASE or memory:");
  }
}

}  // namespace

std::optional<Announced> announced_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const bool bracketed = text.starts_with('[');
  const bool plain_v6 = !bracketed && text.find(':') != colon;
  std::string host = text;
  std::optional<std::uint16_t> port;
  if (bracketed) {
    const std::size_t end = text.find(']');
    if (end == std::string::npos) {
      return std::nullopt;
    }
    host = text.substr(1, end - 1);
    if (end + 1 < text.size()) {
      port = text[end + 1] == ':' ? port_of(std::string_view(text).substr(end + 2)) : std::nullopt;
      if (!port) {
        return std::nullopt;
      }
    }
  } else if (colon != std::string::npos && !plain_v6) {
    host = text.substr(0, colon);
    port = port_of(std::string_view(text).substr(colon + 1));
    if (!port) {
      return std::nullopt;
    }
  }
  const bool sane = !host.empty() && std::ranges::all_of(host, [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || letter == '.' || letter == '-' || letter == ':';
  });
  return sane ? std::optional(Announced{std::move(host), port}) : std::nullopt;
}

std::expected<Configuration, std::string> configuration_of(const Settings& settings,
                                                           unsigned cores) {
  cores = std::max(cores, 1U);
  Configuration configuration;
  configuration.signaling.threads = std::min(cores, kMostSignalingThreads);
  Reader reader(settings);
  read_http(reader, configuration);
  reader.number("signaling.threads", configuration.signaling.threads);
  read_data(reader, configuration);
  read_media(reader, configuration, cores);
  reader.number("call.max_participants", configuration.call.max_participants);
  read_turn(reader, configuration);
  read_log(reader, configuration);
  if (const auto error = reader.error()) {
    return std::unexpected(*error);
  }
  return configuration;
}

}  // namespace parlance::server
