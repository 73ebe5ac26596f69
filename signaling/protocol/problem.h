// Errors as clients see them: one object (RFC 9457) on the socket and over HTTP alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::signaling {

// The stable codes of docs/protocol.md, "Errors".
enum class ProblemCode : std::uint8_t {
  kFrameMalformed,
  kOpUnknown,
  kSchemaViolation,
  kSessionNotStarted,
  kAuthRequired,
  kAuthInvalid,
  kPasswordWeak,
  kOriginForbidden,
  kNotFound,
  kForbidden,
  kConflict,
  kInvalid,
  kLimitReached,
  kReplyTooLarge,
  kCallFull,
  kCallLocked,
  kCallNotJoined,
  kMediaUnsupported,
  kMediaNotConnected,
  kRateLimited,
  kUnavailable,
  kInternal,
};

// What is fixed for a code.
struct ProblemKind {
  std::string_view code;   // "call.full"
  std::string_view title;  // a short sentence, the same for each occurrence
  int status = 500;        // of HTTP
  bool retryable = false;
};

const ProblemKind& kind_of(ProblemCode code);

// The code of that name, nothing when there is none.
std::optional<ProblemCode> problem_code_named(std::string_view name);

// Where a request breaks its schema: a JSON Pointer (RFC 6901) into `d` or the body, and how.
struct Violation {
  std::string pointer;
  std::string detail;

  bool operator==(const Violation&) const = default;
};

// One refusal.
struct Problem {
  ProblemCode code = ProblemCode::kInternal;
  std::string detail;  // a sentence for the developer of the client
  std::optional<std::uint32_t> retry_after_ms = std::nullopt;
  std::vector<Violation> errors = {};
};

// The JSON object of docs/protocol/envelope.json#/$defs/Problem.
std::string write_problem(const Problem& problem);

}  // namespace parlance::signaling
