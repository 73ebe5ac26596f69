#include "signaling/server/http_api.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "chat/service/account_service.h"
#include "chat/service/chat_service.h"
#include "signaling/protocol/chat_json.h"
#include "signaling/protocol/envelope.h"
#include "signaling/server/account_api.h"
#include "signaling/server/event_loop.h"
#include "signaling/server/http_answers.h"
#include "signaling/server/origin.h"
#include "signaling/server/server_state.h"
#include "signaling/server/static_files.h"

namespace parlance::signaling {

namespace {

constexpr std::string_view kSocketPath = "/v1/ws";

HttpResponse text_response(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text), {{"cache-control", "no-store"}}};
}

// A page of another host that the operator has allowed may read the answers (the Fetch standard,
// CORS).
void allow_page(const HttpRequest& request, HttpResponse& response) {
  response.headers.emplace_back("access-control-allow-origin", request.origin);
  response.headers.emplace_back("vary", "origin");
}

HttpResponse preflight_answer() {
  return {204,
          "",
          "",
          {{"access-control-allow-methods", "GET, POST, PATCH, DELETE"},
           {"access-control-allow-headers", "authorization, content-type"},
           {"access-control-max-age", "600"}}};
}

}  // namespace

HttpApi::HttpApi(ServerState& state) : state_(state) {
  const auto now = [](auto answer) {
    return [answer](const HttpRequest& request, Executor&, HttpResponder respond) {
      respond(answer(request));
    };
  };
  const auto later = [this](auto member) {
    return [this, member](const HttpRequest& request, Executor& thread, HttpResponder respond) {
      (this->*member)(request, thread, std::move(respond));
    };
  };
  using enum HttpMethod;
  const HttpHandler no_such = now([](const HttpRequest&) {
    return problem_response({ProblemCode::kNotFound, "There is no such path."});
  });
  const HttpHandler upgrade = now([](const HttpRequest&) {
    return problem_response({ProblemCode::kInvalid, "That path is for WebSockets."});
  });
  routes_ = {
      {"/v1/", RouteAccess::kPublic, no_such},
      {"/v1/guests", RouteAccess::kPublic, by_method({{kPost, later(&HttpApi::create_guest)}})},
      {"/v1/ws/tickets", RouteAccess::kPublic, by_method({{kPost, later(&HttpApi::issue_ticket)}})},
      {std::string(kSocketPath), RouteAccess::kPublic, upgrade},
      {"/v1/router-capabilities",
       RouteAccess::kPublic,
       by_method(
           {{kGet, now([this](const HttpRequest& request) { return capabilities(request); })}})},
      {"/healthz",
       RouteAccess::kPublic,
       by_method({{kGet, now([](const HttpRequest&) { return text_response(200, "ok\n"); })}})},
      {"/readyz",
       RouteAccess::kPublic,
       by_method({{kGet, now([this](const HttpRequest&) { return readiness(); })}})},
      {"/metrics",
       RouteAccess::kTrusted,
       by_method({{kGet, now([this](const HttpRequest&) { return metrics(); })}})},
  };
  for (HttpRoute& route : account_routes(state_)) {
    routes_.push_back(std::move(route));
  }
  routes_.insert(
      routes_.end(), state_.dependencies.routes.begin(), state_.dependencies.routes.end());
}

const HttpRoute* HttpApi::find(const std::string& path) const {
  const HttpRoute* best = nullptr;
  for (const HttpRoute& route : routes_) {
    const bool matches =
        route.prefix.ends_with('/') ? path.starts_with(route.prefix) : path == route.prefix;
    if (matches && (best == nullptr || route.prefix.size() > best->prefix.size())) {
      best = &route;
    }
  }
  return best;
}

bool HttpApi::is_trusted(const HttpRequest& request) const {
  const std::vector<std::string>& trusted = state_.options.trusted_addresses;
  const bool address = trusted.empty()
                           ? is_loopback(request.peer_address)
                           : std::ranges::find(trusted, request.peer_address) != trusted.end();
  const bool foreign_page = !origin_allowed(request.origin, request.host, {});
  return address && !request.forwarded && !foreign_page && host_is_literal(request.host);
}

void HttpApi::handle(const HttpRequest& request, Executor& thread, HttpResponder respond) const {
  const std::vector<std::string>& allowed = state_.options.allowed_origins;
  const bool of_own_host = origin_allowed(request.origin, request.host, {});
  const bool cross = !request.origin.empty() && !of_own_host;
  HttpResponder finish = [cross,
                          request_copy = cross ? request : HttpRequest{},
                          out = std::move(respond)](HttpResponse response) mutable {
    for (auto& header : security_headers()) {
      response.headers.push_back(std::move(header));
    }
    if (cross) {
      allow_page(request_copy, response);
    }
    out(std::move(response));
  };
  const HttpRoute* const route = find(request.path);
  if (route == nullptr) {
    return finish(state_.files.serve(request));
  }
  if (cross && !origin_allowed(request.origin, request.host, allowed)) {
    return finish(problem_response({ProblemCode::kOriginForbidden,
                                    "Pages of " + request.origin + " may not use this server."}));
  }
  if (route->access == RouteAccess::kTrusted && !is_trusted(request)) {
    return finish(problem_response({ProblemCode::kForbidden, "That is for the operator."}));
  }
  if (request.method == HttpMethod::kOptions && cross) {
    return finish(preflight_answer());
  }
  route->handler(request, thread, std::move(finish));
}

void HttpApi::create_guest(const HttpRequest& request,
                           Executor& thread,
                           HttpResponder respond) const {
  const std::uint32_t wait_ms = state_.guests.wait_ms(request.peer_address, read_clocks().now);
  if (wait_ms > 0) {
    return respond(problem_response(
        {ProblemCode::kRateLimited, "Too many guests from your address.", wait_ms}));
  }
  const std::optional<nlohmann::json> body = parse_json(request.body);
  if (!body) {
    return respond(problem_response({ProblemCode::kFrameMalformed, "The body is not JSON."}));
  }
  SchemaChecker checker(state_.schemas);
  std::vector<Violation> violations = checker.check("GuestRequest", *body);
  if (!violations.empty()) {
    return respond(
        problem_response({ProblemCode::kSchemaViolation, {}, std::nullopt, std::move(violations)}));
  }
  state_.dependencies.chat.create_guest(
      (*body)["name"].get<std::string>(),
      thread,
      [out = std::move(respond)](std::expected<chat::NewGuest, chat::ChatError> guest) mutable {
        if (!guest) {
          return out(problem_response(to_problem(guest.error())));
        }
        nlohmann::json answer = identity_json(guest->identity);
        answer["token"] = guest->token;
        out(json_response(201, answer));
      });
}

void HttpApi::issue_ticket(const HttpRequest& request,
                           Executor& thread,
                           HttpResponder respond) const {
  const std::optional<std::string> token = bearer_token(request);
  if (!token) {
    return respond(auth_required());
  }
  state_.dependencies.accounts->authenticate(
      *token,
      thread,
      [this, origin = request.origin, out = std::move(respond)](
          std::expected<chat::Identity, chat::ChatError> identity) mutable {
        if (!identity) {
          return out(problem_response(to_problem(identity.error())));
        }
        const std::string ticket =
            state_.tickets.issue(std::move(*identity), origin, read_clocks().now);
        constexpr auto kSeconds =
            std::chrono::duration_cast<std::chrono::seconds>(Tickets::kLifetime).count();
        out(json_response(201, {{"ticket", ticket}, {"expires_in", kSeconds}}));
      });
}

HttpResponse HttpApi::capabilities(const HttpRequest& request) const {
  const std::string etag = "\"" + state_.capabilities_hash + "\"";
  HttpResponse response{200,
                        "application/json",
                        state_.capabilities,
                        {{"etag", etag}, {"cache-control", "no-cache"}}};
  if (request.if_none_match == etag) {
    response.status = 304;
    response.content_type.clear();
    response.body.clear();
  }
  return response;
}

HttpResponse HttpApi::metrics() const {
  return {200,
          "text/plain; version=0.0.4; charset=utf-8",
          state_.dependencies.metrics_text(),
          {{"cache-control", "no-store"}}};
}

HttpResponse HttpApi::readiness() const {
  const std::optional<std::string> reason = state_.dependencies.not_ready();
  return reason ? text_response(503, *reason + "\n") : text_response(200, "ready\n");
}

std::expected<chat::Identity, HttpResponse> HttpApi::decide_upgrade(const HttpRequest& request,
                                                                    Timestamp now) const {
  if (request.path != kSocketPath) {
    return std::unexpected(problem_response({ProblemCode::kNotFound, "WebSockets are at /v1/ws."}));
  }
  if (!origin_allowed(request.origin, request.host, state_.options.allowed_origins)) {
    return std::unexpected(problem_response(
        {ProblemCode::kOriginForbidden, "Pages of " + request.origin + " may not connect."}));
  }
  const std::string ticket = query_value(request.query, "ticket");
  if (ticket.empty()) {
    return std::unexpected(
        problem_response({ProblemCode::kAuthRequired,
                          "Get a ticket by POST /v1/ws/tickets and say ?ticket=TICKET."}));
  }
  std::optional<chat::Identity> identity = state_.tickets.redeem(ticket, request.origin, now);
  if (!identity) {
    return std::unexpected(problem_response(
        {ProblemCode::kAuthInvalid, "The ticket is unknown, used, expired, or another page's."}));
  }
  return std::move(*identity);
}

}  // namespace parlance::signaling
