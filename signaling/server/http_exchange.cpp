#include "signaling/server/http_exchange.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <span>
#include <vector>

#include <libwebsockets.h>

#include "signaling/protocol/problem.h"

namespace parlance::signaling {

namespace {

// Enough for the headers of every answer, those of security_headers() included.
constexpr std::size_t kHeaderBytes = 8192;
constexpr std::size_t kChunkBytes = 65'536;
// An answer that has not come by then is given up.
constexpr int kAnswerTimeoutSeconds = 30;

std::string header(lws* wsi, lws_token_indexes token) {
  const int size = lws_hdr_total_length(wsi, token);
  if (size <= 0) {
    return {};
  }
  std::string value(static_cast<std::size_t>(size) + 1, '\0');
  const int copied = lws_hdr_copy(wsi, value.data(), size + 1, token);
  value.resize(copied > 0 ? static_cast<std::size_t>(copied) : 0);
  return value;
}

bool has_custom_header(lws* wsi, std::string_view name) {
  return lws_hdr_custom_length(wsi, name.data(), static_cast<int>(name.size())) >= 0;
}

// libwebsockets has split the query at '&'.
std::string query_of(lws* wsi) {
  std::string query;
  std::array<char, 2048> part{};
  for (int i = 0;; ++i) {
    const int size = lws_hdr_copy_fragment(
        wsi, part.data(), static_cast<int>(part.size()), WSI_TOKEN_HTTP_URI_ARGS, i);
    if (size < 0) {
      return query;
    }
    query += query.empty() ? "" : "&";
    query.append(part.data(), static_cast<std::size_t>(size));
  }
}

HttpMethod method_of(int index) {
  switch (index) {
    case LWSHUMETH_GET:
      return HttpMethod::kGet;
    case LWSHUMETH_HEAD:
      return HttpMethod::kHead;
    case LWSHUMETH_POST:
      return HttpMethod::kPost;
    case LWSHUMETH_PUT:
      return HttpMethod::kPut;
    case LWSHUMETH_PATCH:
      return HttpMethod::kPatch;
    case LWSHUMETH_DELETE:
      return HttpMethod::kDelete;
    case LWSHUMETH_OPTIONS:
      return HttpMethod::kOptions;
    default:
      return HttpMethod::kOther;
  }
}

bool may_have_body(HttpMethod method) {
  return method == HttpMethod::kPost || method == HttpMethod::kPut || method == HttpMethod::kPatch;
}

HttpResponse refuse(int status, std::string_view detail) {
  HttpResponse response;
  response.content_type = "application/problem+json";
  response.body = write_problem({ProblemCode::kInvalid, std::string(detail)});
  response.status = status;
  return response;
}

std::string peer_of(lws* wsi) {
  std::array<char, 64> name{};
  lws_get_peer_simple(wsi, name.data(), name.size());
  const std::string_view address(name.data());
  constexpr std::string_view kMapped = "::ffff:";
  return std::string(address.starts_with(kMapped) ? address.substr(kMapped.size()) : address);
}

unsigned char* bytes_of(std::string_view text, std::vector<unsigned char>& copy) {
  copy.assign(text.begin(), text.end());
  return copy.data();
}

// Status line and headers into `out`; nothing when they don't fit.
std::optional<std::size_t> compose_headers(lws* wsi,
                                           const HttpResponse& response,
                                           std::size_t body_size,
                                           std::span<unsigned char> out) {
  unsigned char* at = out.data();
  unsigned char* const end = out.data() + out.size();
  std::vector<unsigned char> value;
  bool bad = lws_add_http_header_status(wsi, static_cast<unsigned>(response.status), &at, end) != 0;
  const auto add = [&](const std::string& name, std::string_view text) {
    const std::string with_colon = name + ":";
    std::vector<unsigned char> key;
    bad = bad || lws_add_http_header_by_name(wsi,
                                             bytes_of(with_colon + std::string(1, '\0'), key),
                                             bytes_of(text, value),
                                             static_cast<int>(text.size()),
                                             &at,
                                             end) != 0;
  };
  if (!response.content_type.empty()) {
    add("content-type", response.content_type);
  }
  for (const auto& [name, text] : response.headers) {
    add(name, text);
  }
  if (response.status != 304) {
    bad = bad || lws_add_http_header_content_length(wsi, body_size, &at, end) != 0;
  }
  bad = bad || lws_finalize_http_header(wsi, &at, end) != 0;
  if (bad) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(at - out.data());
}

}  // namespace

HttpRequest read_http_request(lws* wsi) {
  HttpRequest request;
  char* path = nullptr;
  int path_size = 0;
  request.method = method_of(lws_http_get_uri_and_method(wsi, &path, &path_size));
  if (path != nullptr && path_size > 0) {
    request.path.assign(path, static_cast<std::size_t>(path_size));
  }
  request.query = query_of(wsi);
  request.host = header(wsi, WSI_TOKEN_HOST);
  request.origin = header(wsi, WSI_TOKEN_ORIGIN);
  request.authorization = header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION);
  request.if_none_match = header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH);
  request.content_type = header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE);
  request.peer_address = peer_of(wsi);
  request.forwarded = lws_hdr_total_length(wsi, WSI_TOKEN_X_FORWARDED_FOR) > 0 ||
                      has_custom_header(wsi, "forwarded:");
  return request;
}

HttpExchange::HttpExchange(lws* wsi, HttpRequest request)
    : wsi_(wsi), request_(std::move(request)) {}

HttpExchange::Next HttpExchange::begin() {
  if (!may_have_body(request_.method)) {
    lws_set_timeout(wsi_, PENDING_TIMEOUT_HTTP_CONTENT, kAnswerTimeoutSeconds);
    return Next::kDispatch;
  }
  const std::string length = header(wsi_, WSI_TOKEN_HTTP_CONTENT_LENGTH);
  const auto [end, error] =
      std::from_chars(length.data(), length.data() + length.size(), expected_body_);
  if (length.empty() || error != std::errc{} || end != length.data() + length.size()) {
    refusal_ = refuse(411, "Say the length of the body (Content-Length).");
    close_after_ = true;
    return Next::kRefuse;
  }
  if (expected_body_ > kMaxHttpBodyBytes) {
    refusal_ = refuse(413, "A body holds at most 65536 bytes.");
    close_after_ = true;
    return Next::kRefuse;
  }
  body_complete_ = expected_body_ == 0;
  return body_complete_ ? Next::kDispatch : Next::kMoreBody;
}

HttpExchange::Next HttpExchange::on_body(std::string_view part) {
  if (body_complete_ || response_) {
    return Next::kMoreBody;
  }
  request_.body += part.substr(0, expected_body_ - request_.body.size());
  if (request_.body.size() < expected_body_) {
    return Next::kMoreBody;
  }
  body_complete_ = true;
  lws_set_timeout(wsi_, PENDING_TIMEOUT_HTTP_CONTENT, kAnswerTimeoutSeconds);
  return Next::kDispatch;
}

void HttpExchange::respond(HttpResponse response) {
  response_ = std::move(response);
  lws_callback_on_writable(wsi_);
}

std::string_view HttpExchange::body_of(const HttpResponse& response) const {
  if (request_.method == HttpMethod::kHead) {
    return {};
  }
  return response.shared_body ? std::string_view(*response.shared_body)
                              : std::string_view(response.body);
}

bool HttpExchange::write_headers(const HttpResponse& response) {
  std::vector<unsigned char> buffer(LWS_PRE + kHeaderBytes);
  const std::size_t body_size =
      response.shared_body ? response.shared_body->size() : response.body.size();
  const auto size = compose_headers(wsi_, response, body_size, std::span(buffer).subspan(LWS_PRE));
  return size && lws_write(wsi_, buffer.data() + LWS_PRE, *size, LWS_WRITE_HTTP_HEADERS) ==
                     static_cast<int>(*size);
}

HttpExchange::Progress HttpExchange::on_writable() {
  if (!response_) {
    return Progress::kNothing;
  }
  if (!headers_written_) {
    headers_written_ = true;
    if (!write_headers(*response_)) {
      return Progress::kFailed;
    }
    if (body_of(*response_).empty()) {
      return Progress::kDone;
    }
    lws_callback_on_writable(wsi_);
    return Progress::kMore;
  }
  const std::string_view body = body_of(*response_);
  const std::string_view part = body.substr(written_, kChunkBytes);
  written_ += part.size();
  const bool last = written_ == body.size();
  std::vector<unsigned char> buffer(LWS_PRE + part.size());
  std::memcpy(buffer.data() + LWS_PRE, part.data(), part.size());
  const int out = lws_write(
      wsi_, buffer.data() + LWS_PRE, part.size(), last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP);
  if (out < static_cast<int>(part.size())) {
    return Progress::kFailed;
  }
  // A reader may take its time, as long as it takes something.
  lws_set_timeout(wsi_, PENDING_TIMEOUT_HTTP_CONTENT, kAnswerTimeoutSeconds);
  if (last) {
    return Progress::kDone;
  }
  lws_callback_on_writable(wsi_);
  return Progress::kMore;
}

bool write_whole_response(lws* wsi, const HttpResponse& response) {
  std::vector<unsigned char> buffer(LWS_PRE + kHeaderBytes + response.body.size());
  const auto size = compose_headers(
      wsi, response, response.body.size(), std::span(buffer).subspan(LWS_PRE, kHeaderBytes));
  if (!size) {
    return false;
  }
  std::ranges::copy(response.body, buffer.begin() + static_cast<std::ptrdiff_t>(LWS_PRE + *size));
  const std::size_t whole = *size + response.body.size();
  return lws_write(wsi, buffer.data() + LWS_PRE, whole, LWS_WRITE_HTTP_HEADERS) ==
         static_cast<int>(whole);
}

}  // namespace parlance::signaling
