// The admin endpoint of a running server: load, and the number of workers.
#pragma once

#include <string>
#include <string_view>

#include "chat/service/account_service.h"
#include "sfu/api/media_engine.h"
#include "signaling/server/http_types.h"

namespace parlance::server {

// GET /admin/load: {"shards":[...],"workers":[...],"counters":{...}}.
// PUT /admin/workers {"workers":N}: the same, once N workers run.
// POST /admin/accounts {"login":...,"password":...}: 201 {"user":ID}, an administrator.
// All want "Authorization: Bearer TOKEN". Engine and accounts have to outlive the route.
signaling::HttpRoute admin_route(sfu::MediaEngine& engine,
                                 chat::AccountService& accounts,
                                 std::string token);

// Why an account could not be made, for the operator.
std::string_view refusal_text(chat::ChatError error);

std::string load_json(const sfu::EngineLoad& load);

// The answer to /admin/load as a table for people. Empty where it isn't one.
std::string load_table(std::string_view json);

// 43 characters of base64url from the system's random source.
std::string new_admin_token();

// Compares without telling by its duration where two texts differ.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace parlance::server
