#include "signaling/protocol/envelope.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace parlance::signaling {

namespace {

// Length of the well-formed sequence at the start of `text`, 0 when it is none (RFC 3629, section
// 4).
std::size_t utf8_sequence(std::string_view text) {
  const auto byte = [&text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto tail = [&byte](std::size_t i) {
    return (byte(i) & 0xC0U) == 0x80U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    return tail(1) ? 2 : 0;
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool too_large = lead == 0xF4 && byte(1) > 0x8F;
    return tail(1) && tail(2) && tail(3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

// Brackets are counted before parsing, so that no later code meets a deep value.
bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxJsonDepth) {
        return true;
      }
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

std::optional<std::uint32_t> read_id(const nlohmann::json& object) {
  const auto found = object.find("id");
  if (found == object.end() || !found->is_number_unsigned()) {
    return std::nullopt;
  }
  const auto value = found->get<std::uint64_t>();
  if (value == 0 || value > std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(value);
}

bool only_keys(const nlohmann::json& object, std::initializer_list<std::string_view> allowed) {
  return std::ranges::all_of(object.items(), [&allowed](const auto& item) {
    return std::ranges::find(allowed, item.key()) != allowed.end();
  });
}

std::expected<ClientMessage, MalformedMessage> parse_heartbeat(const nlohmann::json& object) {
  const auto ack = object.find("a");
  if (ack == object.end() || !ack->is_number_unsigned() || !only_keys(object, {"op", "a"})) {
    return std::unexpected(MalformedMessage{
        read_id(object), R"(A heartbeat is {"op":"hb","a":N}, N a whole number from 0.)"});
  }
  ClientMessage message;
  message.op = "hb";
  message.ack = ack->get<std::uint64_t>();
  return message;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

std::vector<std::string_view> split_frame(std::string_view frame) {
  std::vector<std::string_view> objects;
  while (!frame.empty()) {
    const std::size_t end = std::min(frame.find('\n'), frame.size());
    const std::string_view line = frame.substr(0, end);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      objects.push_back(line);
    }
    frame.remove_prefix(std::min(end + 1, frame.size()));
  }
  return objects;
}

std::optional<nlohmann::json> parse_json(std::string_view text) {
  if (too_deep(text)) {
    return std::nullopt;
  }
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) {
    return std::nullopt;
  }
  return value;
}

std::expected<ClientMessage, MalformedMessage> parse_client_message(std::string_view text) {
  std::optional<nlohmann::json> object = parse_json(text);
  if (!object) {
    return std::unexpected(
        MalformedMessage{std::nullopt, "That is not JSON, or nested too deeply."});
  }
  if (!object->is_object()) {
    return std::unexpected(MalformedMessage{std::nullopt, "That is not an object."});
  }
  const auto op = object->find("op");
  if (op == object->end() || !op->is_string()) {
    return std::unexpected(MalformedMessage{read_id(*object), "`op` has to be a text."});
  }
  if (*op == "hb") {
    return parse_heartbeat(*object);
  }
  ClientMessage message;
  message.id = read_id(*object);
  if (object->contains("id") && !message.id) {
    return std::unexpected(
        MalformedMessage{std::nullopt, "`id` has to be a whole number from 1 to 4294967295."});
  }
  const auto d = object->find("d");
  if (d == object->end() || !d->is_object()) {
    return std::unexpected(MalformedMessage{message.id, "`d` has to be an object."});
  }
  if (!only_keys(*object, {"id", "op", "d"})) {
    return std::unexpected(
        MalformedMessage{message.id, "A request holds `id`, `op` and `d` and nothing else."});
  }
  message.op = op->get<std::string>();
  message.d = std::move(*d);
  return message;
}

std::string write_json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string write_reply(std::uint32_t id, std::string_view ok) {
  std::string text = R"({"id":)";
  text += std::to_string(id);
  text += R"(,"ok":)";
  text += ok;
  text += '}';
  return text;
}

std::string write_error(std::optional<std::uint32_t> id, const Problem& problem) {
  std::string text = "{";
  if (id) {
    text += R"("id":)";
    text += std::to_string(*id);
    text += ',';
  }
  text += R"("err":)";
  text += write_problem(problem);
  text += '}';
  return text;
}

std::string write_control(std::string_view op, std::string_view d) {
  std::string text = R"({"op":")";
  text += op;
  text += R"(","d":)";
  text += d;
  text += '}';
  return text;
}

std::string write_hello(const Hello& hello) {
  const nlohmann::json d = {
      {"session_id", hello.session_id},
      {"node", hello.node},
      {"heartbeat_ms", hello.heartbeat_ms},
      {"grace_ms", hello.grace_ms},
      {"resume_ttl_s", hello.resume_ttl_s},
      {"max_frame", hello.max_frame},
      {"server_time", hello.server_time},
      {"router_capabilities_hash", hello.router_capabilities_hash},
      {"features", nlohmann::json::array()},
  };
  return write_control("hello", write_json(d));
}

}  // namespace parlance::signaling
