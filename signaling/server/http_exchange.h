// One HTTP request and its answer on a connection of libwebsockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "signaling/server/http_types.h"

struct lws;

namespace parlance::signaling {

inline constexpr std::size_t kMaxHttpBodyBytes = 65'536;

// The request line and headers that the connection holds now.
HttpRequest read_http_request(lws* wsi);

class HttpExchange {
 public:
  enum class Next : std::uint8_t { kMoreBody, kDispatch, kRefuse };

  HttpExchange(lws* wsi, HttpRequest request);

  // What to do with a request whose headers are there. kRefuse: answer with refusal() and close.
  Next begin();
  Next on_body(std::string_view part);

  HttpRequest& request() { return request_; }

  const HttpResponse& refusal() const { return refusal_; }

  // The answer; written as the connection takes it.
  void respond(HttpResponse response);

  enum class Progress : std::uint8_t { kNothing, kMore, kDone, kFailed };
  Progress on_writable();

  // The connection can't be used for another request: its body was not read.
  bool close_after() const { return close_after_; }

 private:
  bool write_headers(const HttpResponse& response);
  std::string_view body_of(const HttpResponse& response) const;

  lws* wsi_;
  HttpRequest request_;
  std::size_t expected_body_ = 0;
  bool body_complete_ = false;
  HttpResponse refusal_;
  std::optional<HttpResponse> response_;
  bool headers_written_ = false;
  std::size_t written_ = 0;
  bool close_after_ = false;
};

// An answer in one go, for where libwebsockets gives no second chance: refused upgrades. False when
// the connection broke.
bool write_whole_response(lws* wsi, const HttpResponse& response);

}  // namespace parlance::signaling
