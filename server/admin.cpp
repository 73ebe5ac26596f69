#include "server/admin.h"

#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/random.h>

#include "base/check.h"

namespace parlance::server {

namespace {

using Json = nlohmann::json;
using signaling::HttpMethod;
using signaling::HttpRequest;
using signaling::HttpResponder;
using signaling::HttpResponse;

constexpr unsigned kMostWorkers = 256;

HttpResponse json_response(int status, std::string body) {
  return {status, "application/json", std::move(body), {{"cache-control", "no-store"}}};
}

HttpResponse problem(int status, std::string_view code, std::string_view detail) {
  const Json object = {{"type", fmt::format("https://parlance.dev/errors/{}", code)},
                       {"title", detail},
                       {"status", status},
                       {"detail", detail},
                       {"code", code},
                       {"retryable", false}};
  return {status, "application/problem+json", object.dump(), {{"cache-control", "no-store"}}};
}

std::string_view text_of(sfu::MediaError error) {
  switch (error) {
    case sfu::MediaError::kLimitReached:
      return "There can't be more workers than shards (media.shards).";
    case sfu::MediaError::kOverloaded:
      return "The media plane is busy; try again.";
    default:
      return "The media plane refused.";
  }
}

void set_workers(sfu::MediaEngine& engine,
                 const HttpRequest& request,
                 Executor& thread,
                 HttpResponder respond) {
  const Json body = Json::parse(request.body, nullptr, false);
  const auto member = body.is_object() ? body.find("workers") : body.end();
  if (!body.is_object() || member == body.end() || !member->is_number_unsigned() || *member < 1U ||
      *member > kMostWorkers) {
    return respond(problem(400, "schema.violation", "The body is {\"workers\": 1 to 256}."));
  }
  engine.set_workers(
      member->get<unsigned>(),
      thread,
      [&engine, respond = std::move(respond)](std::expected<void, sfu::MediaError> done) mutable {
        respond(done ? json_response(200, load_json(engine.load()))
                     : problem(409, "invalid", text_of(done.error())));
      });
}

void create_account(chat::AccountService& accounts,
                    const HttpRequest& request,
                    Executor& thread,
                    HttpResponder respond) {
  const Json body = Json::parse(request.body, nullptr, false);
  const auto text = [&body](const char* name) {
    const auto found = body.is_object() ? body.find(name) : body.end();
    return body.is_object() && found != body.end() && found->is_string() ? found->get<std::string>()
                                                                         : std::string();
  };
  accounts.create_admin(
      text("login"),
      text("password"),
      thread,
      [out = std::move(respond)](std::expected<chat::User, chat::ChatError> made) mutable {
        out(made ? json_response(201, Json({{"user", made->id.str()}}).dump())
                 : problem(made.error() == chat::ChatError::kConflict ? 409 : 422,
                           made.error() == chat::ChatError::kConflict ? "conflict" : "invalid",
                           refusal_text(made.error())));
      });
}

void serve(sfu::MediaEngine& engine,
           chat::AccountService& accounts,
           const HttpRequest& request,
           Executor& thread,
           HttpResponder respond) {
  if (request.path == "/admin/load" && request.method == HttpMethod::kGet) {
    return respond(json_response(200, load_json(engine.load())));
  }
  if (request.path == "/admin/workers" && request.method == HttpMethod::kPut) {
    return set_workers(engine, request, thread, std::move(respond));
  }
  if (request.path == "/admin/accounts" && request.method == HttpMethod::kPost) {
    return create_account(accounts, request, thread, std::move(respond));
  }
  respond(problem(404,
                  "not_found",
                  "GET /admin/load, PUT /admin/workers and POST /admin/accounts are what there "
                  "is."));
}

}  // namespace

std::string_view refusal_text(chat::ChatError error) {
  switch (error) {
    case chat::ChatError::kConflict:
      return "that login is taken";
    case chat::ChatError::kWeakPassword:
      return "the password has to have 8 to 256 characters and must not be one that everybody "
             "tries first";
    case chat::ChatError::kInvalid:
      return "a login has 3 to 32 ASCII letters, digits, '.', '_' and '-', and begins with a "
             "letter or digit";
    default:
      return "the store is busy or failing; try again";
  }
}

signaling::HttpRoute admin_route(sfu::MediaEngine& engine,
                                 chat::AccountService& accounts,
                                 std::string token) {
  return {"/admin/",
          signaling::RouteAccess::kTrusted,
          [&engine, &accounts, wanted = "Bearer " + std::move(token)](
              const HttpRequest& request, Executor& thread, HttpResponder respond) {
            if (!same_secret(request.authorization, wanted)) {
              return respond(problem(
                  401, "auth.required", "Send the token in admin.token of the data folder."));
            }
            serve(engine, accounts, request, thread, std::move(respond));
          }};
}

std::string load_json(const sfu::EngineLoad& load) {
  Json shards = Json::array();
  for (const sfu::ShardLoad& shard : load.shards) {
    shards.push_back({{"shard", shard.shard},
                      {"worker", shard.worker},
                      {"port", shard.port},
                      {"routers", shard.routers},
                      {"transports", shard.transports},
                      {"producers", shard.producers},
                      {"consumers", shard.consumers},
                      {"packets_in_per_s", shard.packets_in_per_s},
                      {"packets_out_per_s", shard.packets_out_per_s},
                      {"cpu", shard.cpu}});
  }
  Json workers = Json::array();
  for (const sfu::WorkerLoad& worker : load.workers) {
    workers.push_back({{"worker", worker.worker}, {"shards", worker.shards}, {"cpu", worker.cpu}});
  }
  return Json({{"shards", std::move(shards)},
               {"workers", std::move(workers)},
               {"counters", load.counters}})
      .dump();
}

std::string load_table(std::string_view json) {
  const Json load = Json::parse(json, nullptr, false);
  try {
    std::string text = fmt::format("{:>6} {:>6} {:>6}\n", "worker", "shards", "cpu %");
    for (const Json& worker : load.at("workers")) {
      text += fmt::format("{:>6} {:>6} {:>6.1f}\n",
                          worker.at("worker").get<unsigned>(),
                          worker.at("shards").get<unsigned>(),
                          worker.at("cpu").get<double>() * 100);
    }
    text += fmt::format("\n{:>6} {:>6} {:>6} {:>6} {:>10} {:>9} {:>9} {:>9} {:>9} {:>6}\n",
                        "shard",
                        "worker",
                        "port",
                        "calls",
                        "transports",
                        "producers",
                        "consumers",
                        "packets/s",
                        "out/s",
                        "cpu %");
    for (const Json& shard : load.at("shards")) {
      text += fmt::format("{:>6} {:>6} {:>6} {:>6} {:>10} {:>9} {:>9} {:>9} {:>9} {:>6.1f}\n",
                          shard.at("shard").get<unsigned>(),
                          shard.at("worker").get<unsigned>(),
                          shard.at("port").get<unsigned>(),
                          shard.at("routers").get<unsigned>(),
                          shard.at("transports").get<unsigned>(),
                          shard.at("producers").get<unsigned>(),
                          shard.at("consumers").get<unsigned>(),
                          shard.at("packets_in_per_s").get<std::uint64_t>(),
                          shard.at("packets_out_per_s").get<std::uint64_t>(),
                          shard.at("cpu").get<double>() * 100);
    }
    return text;
  } catch (const Json::exception&) {
    return {};
  }
}

std::string new_admin_token() {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr std::size_t kCharacters = 43;  // 258 bits
  std::array<std::uint8_t, kCharacters> random{};
  CHECK(getrandom(random.data(), random.size(), 0) == static_cast<ssize_t>(random.size()));
  std::string token;
  for (const std::uint8_t byte : random) {
    token += kAlphabet[byte % kAlphabet.size()];
  }
  return token;
}

bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |=
        static_cast<unsigned char>(a[i]) ^ static_cast<unsigned>(static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

}  // namespace parlance::server
