#include "bench/load/parlance_client.h"

#include <charconv>
#include <stdexcept>
#include <utility>

namespace parlance::load {

namespace {

using nlohmann::json;

// The server's log of a session holds 4096 events that were not acknowledged.
constexpr std::uint64_t kAcknowledgeEvery = 256;

}  // namespace

ParlanceClient::ParlanceClient(std::uint16_t port, const std::string& ticket)
    : socket_(port, "/v1/ws?ticket=" + ticket) {
  if (!socket_.open()) {
    throw std::runtime_error("no WebSocket: HTTP " + std::to_string(socket_.answer().status));
  }
}

void ParlanceClient::on_readable() {
  do {
    const auto frame = socket_.receive();
    if (!frame) {
      throw std::runtime_error("the server closed a WebSocket: " +
                               std::to_string(socket_.close_code().value_or(0)));
    }
    std::string_view rest = *frame;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      on_object(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  } while (socket_.has_frame());
  if (last_event_ >= acknowledged_ + kAcknowledgeEvery) {
    heartbeat();
  }
}

void ParlanceClient::on_object(std::string_view text) {
  // Events come by the hundred thousand when hundreds join one call: only those that matter are
  // parsed.
  constexpr std::string_view kNumbered = "{\"s\":";
  if (text.starts_with(kNumbered)) {
    const std::string_view number = text.substr(kNumbered.size());
    std::from_chars(number.data(), number.data() + number.size(), last_event_);
    if (text.find(R"("ev":"consumer.created")") != std::string_view::npos) {
      consumers.push_back(json::parse(text).at("d").at("consumer"));
    }
    return;
  }
  if (text.starts_with("{\"id\":")) {
    json answer = json::parse(text);
    const auto id = answer.at("id").get<std::uint32_t>();
    answers_.emplace(id, std::move(answer));
  }
}

std::uint32_t ParlanceClient::ask(std::string_view op, const json& d) {
  const std::uint32_t id = ++last_id_;
  if (!socket_.send_text(json{{"id", id}, {"op", op}, {"d", d}}.dump())) {
    throw std::runtime_error("the server closed a WebSocket");
  }
  return id;
}

std::optional<json> ParlanceClient::take_answer(std::uint32_t id) {
  const auto at = answers_.find(id);
  if (at == answers_.end()) {
    return std::nullopt;
  }
  const json answer = std::move(at->second);
  answers_.erase(at);
  if (answer.contains("err")) {
    throw std::runtime_error("the server refuses: " + answer.at("err").dump());
  }
  return answer.at("ok");
}

void ParlanceClient::heartbeat() {
  acknowledged_ = last_event_;
  socket_.send_text(json{{"op", "hb"}, {"a", acknowledged_}}.dump());
}

}  // namespace parlance::load
