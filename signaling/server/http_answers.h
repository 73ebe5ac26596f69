// What handlers of HTTP requests share: reading the request's parts, and answers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "chat/domain/types.h"
#include "signaling/protocol/problem.h"
#include "signaling/server/http_types.h"

namespace parlance::signaling {

HttpResponse json_response(int status, const nlohmann::json& body);
HttpResponse problem_response(const Problem& problem);
HttpResponse auth_required();

// {"user","device_id"}
nlohmann::json identity_json(const chat::Identity& identity);

// Of `Authorization: Bearer TOKEN`.
std::optional<std::string> bearer_token(const HttpRequest& request);

// The value as it was sent, empty where there is none.
std::string query_value(std::string_view query, std::string_view name);

// Percent-decoded, and '+' as a space (the URL standard's application/x-www-form-urlencoded).
std::string decoded(std::string_view text);

// One handler for each method of a path; HEAD is answered as GET, other methods with 405.
HttpHandler by_method(std::map<HttpMethod, HttpHandler> handlers);

}  // namespace parlance::signaling
