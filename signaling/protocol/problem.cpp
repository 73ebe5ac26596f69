#include "signaling/protocol/problem.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "signaling/protocol/envelope.h"

namespace parlance::signaling {

namespace {

// In the order of ProblemCode.
constexpr std::array<ProblemKind, 22> kKinds{{
    {"frame.malformed", "The frame could not be read.", 400, false},
    {"op.unknown", "There is no such operation.", 404, false},
    {"schema.violation", "The request does not have the shape it should have.", 400, false},
    {"session.not_started", "The session has not been started.", 409, false},
    {"auth.required", "A token or ticket is missing.", 401, false},
    {"auth.invalid", "The token or ticket is not valid.", 401, false},
    {"password.weak", "That password is too easy to guess.", 422, false},
    {"origin.forbidden", "This page may not connect.", 403, false},
    {"not_found", "There is no such object.", 404, false},
    {"forbidden", "You may not do that.", 403, false},
    {"conflict", "That collides with something that exists.", 409, false},
    {"invalid", "The request makes no sense.", 422, false},
    {"limit.reached", "There are as many as there may be.", 409, false},
    {"reply.too_large", "The answer does not fit into a frame.", 413, false},
    {"call.full", "The call is full.", 409, false},
    {"call.locked", "The call is locked.", 403, false},
    {"call.not_joined", "You are not in the call.", 409, false},
    {"media.unsupported", "The media can't be served.", 422, false},
    {"media.not_connected", "The transport is not connected yet.", 409, false},
    {"rate_limited", "Too many requests.", 429, true},
    {"unavailable", "The server is busy.", 503, true},
    {"internal", "Something went wrong on our side.", 500, true},
}};
static_assert(kKinds.size() == static_cast<std::size_t>(ProblemCode::kInternal) + 1);

}  // namespace

const ProblemKind& kind_of(ProblemCode code) {
  return kKinds[static_cast<std::size_t>(code)];
}

std::optional<ProblemCode> problem_code_named(std::string_view name) {
  const auto* found = std::ranges::find(kKinds, name, &ProblemKind::code);
  if (found == kKinds.end()) {
    return std::nullopt;
  }
  return static_cast<ProblemCode>(found - kKinds.begin());
}

std::string write_problem(const Problem& problem) {
  const ProblemKind& kind = kind_of(problem.code);
  nlohmann::json object = {
      {"type", "https://parlance.dev/errors/" + std::string(kind.code)},
      {"title", kind.title},
      {"status", kind.status},
      {"detail", problem.detail.empty() ? std::string(kind.title) : problem.detail},
      {"code", kind.code},
      {"retryable", kind.retryable},
  };
  if (problem.retry_after_ms) {
    object["retry_after_ms"] = *problem.retry_after_ms;
  }
  for (const Violation& violation : problem.errors) {
    object["errors"].push_back({{"pointer", violation.pointer}, {"detail", violation.detail}});
  }
  return write_json(object);
}

}  // namespace parlance::signaling
