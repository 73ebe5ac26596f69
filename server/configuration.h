// The configuration as the server uses it: complete, in range, and free of contradictions.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "server/settings.h"

namespace parlance::server {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

struct Announced {
  std::string address;
  std::optional<std::uint16_t> port;

  bool operator==(const Announced&) const = default;
};

// The defaults of docs/configuration.md, where they don't depend on the machine.
struct Configuration {
  struct {
    std::vector<std::string> listen = {"::"};
    std::uint16_t port = 8080;
    std::filesystem::path tls_certificate;
    std::filesystem::path tls_key;
    bool lan = false;
    std::filesystem::path web_root = "web-demo/app/dist";
    std::vector<std::string> origins;
    std::vector<std::string> trusted;
  } http;

  struct {
    unsigned threads = 1;
  } signaling;

  struct {
    std::filesystem::path folder = "data";
  } data;

  struct {
    std::string url;
  } storage;

  struct {
    unsigned workers = 1;
    unsigned shards = 2;
    unsigned spread_at = 10;  // percent of a core
    std::uint16_t port = 40000;
    std::vector<std::string> listen = {"0.0.0.0", "::"};
    std::vector<Announced> announced;
  } media;

  struct {
    std::size_t max_participants = 16;
  } call;

  struct {
    std::vector<std::string> urls;
    std::string secret;
    std::chrono::seconds ttl{86'400};
  } turn;

  struct {
    LogLevel level = LogLevel::kInfo;
    bool json = false;
  } log;
};

// "203.0.113.7", "media.example.org:50000", "[2001:db8::7]:50000", "2001:db8::7".
std::optional<Announced> announced_of(const std::string& text);

// The error is a text for the operator: key, place, and what to change.
std::expected<Configuration, std::string> configuration_of(const Settings& settings,
                                                           unsigned cores);

}  // namespace parlance::server
