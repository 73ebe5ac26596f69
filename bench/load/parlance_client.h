// One session of docs/protocol.md as a load client keeps it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/ws/ws_client.h"

namespace parlance::load {

class ParlanceClient {
 public:
  // With a ticket of the user's.
  ParlanceClient(std::uint16_t port, const std::string& ticket);

  int descriptor() const { return socket_.descriptor(); }

  // Reads the frames that are there and acknowledges events. Throws when the server closed.
  void on_readable();

  // Sends a request; its answer comes by take_answer().
  std::uint32_t ask(std::string_view op, const nlohmann::json& d);

  // Throws where the server refused. Nothing: not yet.
  std::optional<nlohmann::json> take_answer(std::uint32_t id);

  // Says that it lives.
  void heartbeat();

  // Of `consumer.created`, not taken yet.
  std::vector<nlohmann::json> consumers;

 private:
  void on_object(std::string_view text);

  test::WsClient socket_;
  std::uint32_t last_id_ = 0;
  std::uint64_t last_event_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::map<std::uint32_t, nlohmann::json> answers_;
};

}  // namespace parlance::load
