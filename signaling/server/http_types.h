// HTTP requests and answers as handlers see them, free of the library underneath.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/executor.h"

namespace parlance::signaling {

enum class HttpMethod : std::uint8_t {
  kGet,
  kHead,
  kPost,
  kPut,
  kPatch,
  kDelete,
  kOptions,
  kOther
};

struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  std::string path;    // percent-decoded, begins with '/'
  std::string query;   // as sent, without '?'
  std::string host;    // the Host header
  std::string origin;  // empty where the client sent none
  std::string authorization;
  std::string if_none_match;
  std::string content_type;
  std::string peer_address;  // numeric; "::ffff:" of mapped IPv4 addresses removed
  bool forwarded = false;    // came through a proxy (Forwarded or X-Forwarded-For)
  std::string body;
};

struct HttpResponse {
  int status = 200;
  std::string content_type;  // empty: no body
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};  // names in lower case
  // Instead of `body`, where many answers share one: the static files.
  std::shared_ptr<const std::string> shared_body = nullptr;
};

// Called once, on any thread.
using HttpResponder = std::move_only_function<void(HttpResponse)>;

// Called on a signaling thread, which is lent as an executor for asynchronous work: never blocks.
using HttpHandler = std::function<void(const HttpRequest&, Executor& thread, HttpResponder)>;

// Who may use a route.
enum class RouteAccess : std::uint8_t {
  kPublic,
  // SignalingOptions::trusted_addresses only, not through a proxy, not from a foreign page, and not
  // under a host name that a foreign page could have pointed here (DNS rebinding).
  kTrusted,
};

// The longest prefix wins; "/admin/" serves everything below, "/metrics" that path only.
struct HttpRoute {
  std::string prefix;
  RouteAccess access = RouteAccess::kTrusted;
  HttpHandler handler;
};

}  // namespace parlance::signaling
