#include "signaling/server/account_api.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "chat/service/account_service.h"
#include "signaling/protocol/chat_json.h"
#include "signaling/protocol/envelope.h"
#include "signaling/server/event_loop.h"
#include "signaling/server/http_answers.h"
#include "signaling/server/server_state.h"

namespace parlance::signaling {

namespace {

using Json = nlohmann::json;
using chat::ChatError;

constexpr std::string_view kDevicesPath = "/v1/devices/";

Json credentials_json(const chat::Credentials& credentials) {
  return {{"user", user_json(credentials.identity)},
          {"device_id", credentials.identity.device.str()},
          {"access_token", credentials.access_token},
          {"expires_in", chat::kAccessTokenMs / 1000},
          {"refresh_token", credentials.refresh_token}};
}

HttpResponse failed(ChatError error) {
  return problem_response(to_problem(error));
}

// Of signing in: the same whatever was wrong.
HttpResponse not_signed_in(ChatError error) {
  return error == ChatError::kUnauthenticated
             ? problem_response({ProblemCode::kAuthInvalid, "Name or password is wrong."})
             : failed(error);
}

std::string text_of(const Json& body, const char* name) {
  return body.value(name, std::string());
}

class AccountApi {
 public:
  explicit AccountApi(ServerState& state) : state_(state) {}

  void create(const HttpRequest& request, Executor& thread, HttpResponder respond) const;
  void sign_in(const HttpRequest& request, Executor& thread, HttpResponder respond) const;
  void refresh(const HttpRequest& request, Executor& thread, HttpResponder respond) const;
  void sign_out(const HttpRequest& request, Executor& thread, HttpResponder respond) const;
  void sign_out_everywhere(const HttpRequest& request,
                           Executor& thread,
                           HttpResponder respond) const;
  void list_devices(const HttpRequest& request, Executor& thread, HttpResponder respond) const;
  void end_device(const HttpRequest& request, Executor& thread, HttpResponder respond) const;
  void find_users(const HttpRequest& request, Executor& thread, HttpResponder respond) const;
  void tell_identity(const HttpRequest& request, Executor& thread, HttpResponder respond) const;
  void rename(const HttpRequest& request, Executor& thread, HttpResponder respond) const;

  HttpResponse key_set() const {
    return {200,
            "application/jwk-set+json",
            accounts().key_set(),
            {{"cache-control", "public, max-age=300"}}};
  }

 private:
  using WithIdentity = std::move_only_function<void(chat::Identity, HttpResponder)>;

  chat::AccountService& accounts() const { return *state_.dependencies.accounts; }

  // The body, checked against its schema; nothing where that was answered with what is wrong.
  std::optional<Json> body_of(const HttpRequest& request,
                              std::string_view schema,
                              HttpResponder& respond) const;
  // True where the attempt is refused, which is answered then. Costs no hash.
  bool is_limited(const HttpRequest& request,
                  const std::string& login,
                  HttpResponder& respond) const;
  void end(chat::UserId user,
           std::optional<chat::DeviceId> device,
           Executor& thread,
           HttpResponder respond) const;
  void create_for(std::optional<chat::Identity> guest,
                  const Json& body,
                  Executor& thread,
                  HttpResponder respond) const;
  void identified(const HttpRequest& request,
                  Executor& thread,
                  HttpResponder respond,
                  WithIdentity then) const;

  ServerState& state_;
};

std::optional<Json> AccountApi::body_of(const HttpRequest& request,
                                        std::string_view schema,
                                        HttpResponder& respond) const {
  std::optional<Json> body = parse_json(request.body);
  if (!body) {
    respond(problem_response({ProblemCode::kFrameMalformed, "The body is not JSON."}));
    return std::nullopt;
  }
  SchemaChecker checker(state_.schemas);
  std::vector<Violation> violations = checker.check(schema, *body);
  if (!violations.empty()) {
    respond(
        problem_response({ProblemCode::kSchemaViolation, {}, std::nullopt, std::move(violations)}));
    return std::nullopt;
  }
  return body;
}

bool AccountApi::is_limited(const HttpRequest& request,
                            const std::string& login,
                            HttpResponder& respond) const {
  const Timestamp now = read_clocks().now;
  std::uint32_t wait_ms = state_.sign_ins_of_address.wait_ms(request.peer_address, now);
  if (wait_ms == 0) {
    // As the account is found, so that another spelling isn't another bucket.
    wait_ms = state_.sign_ins_of_login.wait_ms(chat::fold_ascii(login), now);
  }
  if (wait_ms == 0) {
    return false;
  }
  respond(problem_response({ProblemCode::kRateLimited, "Too many attempts.", wait_ms}));
  return true;
}

void AccountApi::identified(const HttpRequest& request,
                            Executor& thread,
                            HttpResponder respond,
                            WithIdentity then) const {
  const std::optional<std::string> token = bearer_token(request);
  if (!token) {
    return respond(auth_required());
  }
  accounts().authenticate(*token,
                          thread,
                          [out = std::move(respond), go_on = std::move(then)](
                              std::expected<chat::Identity, ChatError> identity) mutable {
                            if (!identity) {
                              return out(failed(identity.error()));
                            }
                            go_on(std::move(*identity), std::move(out));
                          });
}

void AccountApi::create(const HttpRequest& request, Executor& thread, HttpResponder respond) const {
  const std::optional<Json> body = body_of(request, "AccountRequest", respond);
  if (!body || is_limited(request, text_of(*body, "login"), respond)) {
    return;
  }
  if (request.authorization.empty()) {
    return create_for(std::nullopt, *body, thread, std::move(respond));
  }
  identified(request,
             thread,
             std::move(respond),
             [this, made = *body, &thread](chat::Identity guest, HttpResponder out) {
               create_for(std::move(guest), made, thread, std::move(out));
             });
}

void AccountApi::create_for(std::optional<chat::Identity> guest,
                            const Json& body,
                            Executor& thread,
                            HttpResponder respond) const {
  accounts().create_account(
      {.login = text_of(body, "login"),
       .password = text_of(body, "password"),
       .name = text_of(body, "name"),
       .device_name = text_of(body, "device"),
       .guest = std::move(guest)},
      thread,
      [out = std::move(respond)](std::expected<chat::Credentials, ChatError> made) mutable {
        if (!made && made.error() == ChatError::kConflict) {
          return out(problem_response(
              {ProblemCode::kConflict, "That login is taken, or you have an account already."}));
        }
        out(made ? json_response(201, credentials_json(*made)) : failed(made.error()));
      });
}

void AccountApi::sign_in(const HttpRequest& request,
                         Executor& thread,
                         HttpResponder respond) const {
  const std::optional<Json> body = body_of(request, "SignInRequest", respond);
  if (!body || is_limited(request, text_of(*body, "login"), respond)) {
    return;
  }
  accounts().sign_in(
      text_of(*body, "login"),
      text_of(*body, "password"),
      text_of(*body, "device"),
      thread,
      [out = std::move(respond)](std::expected<chat::Credentials, ChatError> made) mutable {
        out(made ? json_response(201, credentials_json(*made)) : not_signed_in(made.error()));
      });
}

void AccountApi::refresh(const HttpRequest& request,
                         Executor& thread,
                         HttpResponder respond) const {
  const std::optional<Json> body = body_of(request, "RefreshRequest", respond);
  if (!body) {
    return;
  }
  accounts().refresh(
      text_of(*body, "refresh_token"),
      thread,
      [out = std::move(respond)](std::expected<chat::Credentials, ChatError> made) mutable {
        out(made ? json_response(200, credentials_json(*made)) : failed(made.error()));
      });
}

void AccountApi::end(chat::UserId user,
                     std::optional<chat::DeviceId> device,
                     Executor& thread,
                     HttpResponder respond) const {
  accounts().sign_out(user,
                      device,
                      thread,
                      [out = std::move(respond)](std::expected<void, ChatError> ended) mutable {
                        out(ended ? HttpResponse{204, "", "", {{"cache-control", "no-store"}}}
                                  : failed(ended.error()));
                      });
}

void AccountApi::sign_out(const HttpRequest& request,
                          Executor& thread,
                          HttpResponder respond) const {
  identified(request,
             thread,
             std::move(respond),
             [this, &thread](const chat::Identity& who, HttpResponder out) {
               end(who.user, who.device, thread, std::move(out));
             });
}

void AccountApi::sign_out_everywhere(const HttpRequest& request,
                                     Executor& thread,
                                     HttpResponder respond) const {
  identified(request,
             thread,
             std::move(respond),
             [this, &thread](const chat::Identity& who, HttpResponder out) {
               end(who.user, std::nullopt, thread, std::move(out));
             });
}

void AccountApi::end_device(const HttpRequest& request,
                            Executor& thread,
                            HttpResponder respond) const {
  const auto device = chat::DeviceId::parse(request.path.substr(kDevicesPath.size()));
  identified(request,
             thread,
             std::move(respond),
             [this, device, &thread](const chat::Identity& who, HttpResponder out) {
               if (!device) {
                 return out(failed(ChatError::kNotFound));
               }
               end(who.user, device, thread, std::move(out));
             });
}

void AccountApi::list_devices(const HttpRequest& request,
                              Executor& thread,
                              HttpResponder respond) const {
  identified(request,
             thread,
             std::move(respond),
             [this, &thread](const chat::Identity& who, HttpResponder out) {
               accounts().list_devices(
                   who.user,
                   thread,
                   [own = who.device, answer = std::move(out)](
                       std::expected<std::vector<chat::DeviceState>, ChatError> devices) mutable {
                     answer(devices ? json_response(200, devices_json(*devices, own))
                                    : failed(devices.error()));
                   });
             });
}

void AccountApi::find_users(const HttpRequest& request,
                            Executor& thread,
                            HttpResponder respond) const {
  identified(request,
             thread,
             std::move(respond),
             [this, prefix = decoded(query_value(request.query, "q")), &thread](
                 const chat::Identity&, HttpResponder out) {
               accounts().find_users(
                   prefix,
                   thread,
                   [answer = std::move(out)](
                       std::expected<std::vector<chat::FoundUser>, ChatError> found) mutable {
                     answer(found ? json_response(200, to_json(*found)) : failed(found.error()));
                   });
             });
}

void AccountApi::tell_identity(const HttpRequest& request,
                               Executor& thread,
                               HttpResponder respond) const {
  identified(request, thread, std::move(respond), [](const chat::Identity& who, HttpResponder out) {
    out(json_response(200, identity_json(who)));
  });
}

void AccountApi::rename(const HttpRequest& request, Executor& thread, HttpResponder respond) const {
  const std::optional<Json> body = body_of(request, "profile.update.request", respond);
  if (!body) {
    return;
  }
  identified(
      request,
      thread,
      std::move(respond),
      [this, name = text_of(*body, "name"), &thread](const chat::Identity& who, HttpResponder out) {
        state_.dependencies.chat.rename_user(
            who.user,
            name,
            thread,
            [answer = std::move(out)](std::expected<chat::User, ChatError> user) mutable {
              answer(user ? json_response(200, {{"user", to_json(*user)}}) : failed(user.error()));
            });
      });
}

}  // namespace

std::vector<HttpRoute> account_routes(ServerState& state) {
  const AccountApi api(state);
  const auto later = [api](auto member) {
    return [api, member](const HttpRequest& request, Executor& thread, HttpResponder respond) {
      (api.*member)(request, thread, std::move(respond));
    };
  };
  const HttpHandler keys = [api](const HttpRequest&, Executor&, HttpResponder respond) {
    respond(api.key_set());
  };
  using enum HttpMethod;
  const auto open = RouteAccess::kPublic;
  return {
      {"/.well-known/jwks.json", open, by_method({{kGet, keys}})},
      {"/v1/accounts", open, by_method({{kPost, later(&AccountApi::create)}})},
      {"/v1/sessions",
       open,
       by_method({{kPost, later(&AccountApi::sign_in)},
                  {kDelete, later(&AccountApi::sign_out_everywhere)}})},
      {"/v1/sessions/current", open, by_method({{kDelete, later(&AccountApi::sign_out)}})},
      {"/v1/tokens", open, by_method({{kPost, later(&AccountApi::refresh)}})},
      {"/v1/devices", open, by_method({{kGet, later(&AccountApi::list_devices)}})},
      {std::string(kDevicesPath), open, by_method({{kDelete, later(&AccountApi::end_device)}})},
      {"/v1/users", open, by_method({{kGet, later(&AccountApi::find_users)}})},
      {"/v1/me",
       open,
       by_method(
           {{kGet, later(&AccountApi::tell_identity)}, {kPatch, later(&AccountApi::rename)}})},
  };
}

}  // namespace parlance::signaling
