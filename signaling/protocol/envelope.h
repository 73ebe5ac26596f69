// The frames of the WebSocket: what clients send is parsed, what the server sends is written here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "signaling/protocol/problem.h"

namespace parlance::signaling {

// Limits of docs/protocol.md, "Frames".
inline constexpr std::size_t kMaxClientFrameBytes = 65'536;
inline constexpr std::size_t kMaxServerFrameBytes = 262'144;
// Of an answer's `ok`: what is left beside the envelope.
inline constexpr std::size_t kMaxReplyBytes = kMaxServerFrameBytes - 64;
// Nesting of a client's JSON. The deepest shape of the schemas (rtp_parameters) has 6 levels.
inline constexpr std::size_t kMaxJsonDepth = 32;

// One object of a client's frame: a request, or a heartbeat (op "hb" with `ack`).
struct ClientMessage {
  std::optional<std::uint32_t> id;  // without it no answer is expected
  std::string op;
  nlohmann::json d = nlohmann::json::object();
  std::optional<std::uint64_t> ack;  // heartbeats only

  bool is_heartbeat() const { return ack.has_value(); }
};

// Why an object of a frame was not understood. The id is there where one could be read.
struct MalformedMessage {
  std::optional<std::uint32_t> id;
  std::string detail;
};

bool is_utf8(std::string_view text);

// The objects that a frame joins by newlines, empty lines left out. Views into the frame.
std::vector<std::string_view> split_frame(std::string_view frame);

// One object of a frame. Checks the envelope only; `d` is checked against the operation's schema.
std::expected<ClientMessage, MalformedMessage> parse_client_message(std::string_view text);

// A body of an HTTP request or a file: bounded in depth, nothing when it isn't JSON.
std::optional<nlohmann::json> parse_json(std::string_view text);

// JSON text of a value. Bytes that aren't UTF-8 become U+FFFD: writing never fails.
std::string write_json(const nlohmann::json& value);

// {"id":17,"ok":{...}}; `ok` is JSON text.
std::string write_reply(std::uint32_t id, std::string_view ok);

// {"id":17,"err":{...}}, without the id where none could be read.
std::string write_error(std::optional<std::uint32_t> id, const Problem& problem);

// {"op":"hello","d":{...}}; `d` is JSON text.
std::string write_control(std::string_view op, std::string_view d);

// What the server says first on every connection.
struct Hello {
  std::string session_id;
  std::string node;
  std::uint32_t heartbeat_ms = 0;
  std::uint32_t grace_ms = 0;
  std::uint32_t resume_ttl_s = 0;
  std::uint32_t max_frame = 0;
  UnixMillis server_time = 0;
  std::string router_capabilities_hash;
};

std::string write_hello(const Hello& hello);

}  // namespace parlance::signaling
