#include "signaling/server/http_answers.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "signaling/protocol/chat_json.h"
#include "signaling/protocol/envelope.h"

namespace parlance::signaling {

namespace {

std::string_view name_of(HttpMethod method) {
  switch (method) {
    case HttpMethod::kGet:
      return "GET, HEAD";
    case HttpMethod::kPost:
      return "POST";
    case HttpMethod::kPut:
      return "PUT";
    case HttpMethod::kPatch:
      return "PATCH";
    case HttpMethod::kDelete:
      return "DELETE";
    case HttpMethod::kHead:
    case HttpMethod::kOptions:
    case HttpMethod::kOther:
      return "";
  }
  return "";
}

}  // namespace

HttpResponse json_response(int status, const nlohmann::json& body) {
  return {status, "application/json", write_json(body), {{"cache-control", "no-store"}}};
}

HttpResponse problem_response(const Problem& problem) {
  HttpResponse response{kind_of(problem.code).status,
                        "application/problem+json",
                        write_problem(problem),
                        {{"cache-control", "no-store"}}};
  if (problem.code == ProblemCode::kAuthRequired || problem.code == ProblemCode::kAuthInvalid) {
    response.headers.emplace_back("www-authenticate", "Bearer");
  }
  if (problem.retry_after_ms) {
    response.headers.emplace_back("retry-after",
                                  std::to_string((*problem.retry_after_ms + 999) / 1000));
  }
  return response;
}

HttpResponse auth_required() {
  return problem_response({ProblemCode::kAuthRequired,
                           "Send Authorization: Bearer TOKEN; POST /v1/guests or /v1/sessions "
                           "gives one."});
}

nlohmann::json identity_json(const chat::Identity& identity) {
  return {{"user", user_json(identity)}, {"device_id", identity.device.str()}};
}

std::optional<std::string> bearer_token(const HttpRequest& request) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!request.authorization.starts_with(kScheme)) {
    return std::nullopt;
  }
  return request.authorization.substr(kScheme.size());
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      return std::string(pair.substr(name.size() + 1));
    }
  }
  return {};
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      plain += static_cast<char>(byte);
      i += 2;
    } else {
      plain += text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

HttpHandler by_method(std::map<HttpMethod, HttpHandler> handlers) {
  return [all = std::move(handlers)](
             const HttpRequest& request, Executor& thread, HttpResponder respond) {
    const HttpMethod method =
        request.method == HttpMethod::kHead ? HttpMethod::kGet : request.method;
    const auto found = all.find(method);
    if (found != all.end()) {
      return found->second(request, thread, std::move(respond));
    }
    std::string allow;
    for (const auto& [known, handler] : all) {
      allow += allow.empty() ? "" : ", ";
      allow += name_of(known);
    }
    HttpResponse refusal =
        problem_response({ProblemCode::kInvalid, "That method is not for here."});
    refusal.status = 405;
    refusal.headers.emplace_back("allow", std::move(allow));
    respond(std::move(refusal));
  };
}

}  // namespace parlance::signaling
