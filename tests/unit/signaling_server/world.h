// A whole signaling server on a free port, with the messenger in memory and a media plane without
// media, and clients that check every object the server sends against the schemas.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "chat/adapters/accounts/account_flow.h"
#include "chat/adapters/store_threads/start_chat_service.h"
#include "signaling/protocol/schema_registry.h"
#include "signaling/server/signaling_server.h"
#include "tests/support/chat/fixtures.h"
#include "tests/support/media/fake_media_engine.h"
#include "tests/support/ws/ws_client.h"
#include "tests/unit/signaling_server/held_chat.h"

namespace parlance::signaling::test {

using Json = nlohmann::json;
using parlance::test::Headers;
using parlance::test::HttpAnswer;
using parlance::test::WsClient;

// The schemas as the tests use them, loaded once.
SchemaChecker& schemas();

// Every object of a frame, each checked: the envelope, and `d` of events and controls.
std::vector<Json> checked_objects(const std::string& frame);

struct Guest {
  std::string token;
  std::string user;
};

class World {
 public:
  explicit World(SignalingOptions options = {}, std::vector<HttpRoute> routes = {});
  ~World();

  std::uint16_t port() const { return server_->port(); }

  SignalingServer& server() { return *server_; }

  // What /readyz says from now on.
  void set_not_ready(std::string reason);

  HeldChat& chat() { return *held_chat_; }

  // What signs the access tokens, so that a test can sign others.
  const std::filesystem::path& keys() const { return folder_.path(); }

  // Passwords that were hashed so far, to set and to compare.
  int hashes() const { return hashes_.load(); }

  HttpAnswer http(std::string_view method,
                  std::string_view target,
                  const Headers& headers = {},
                  std::string_view body = {}) const {
    return parlance::test::http(port(), method, target, headers, body);
  }

  // Waits until the server has counted so much. False when it does not within kPatience.
  bool counted(const std::string& counter, std::uint64_t at_least) const;
  // Until there are no more than so many.
  bool fell_to(const std::string& counter, std::uint64_t at_most) const;

  Guest guest(const std::string& name) const;
  std::string ticket(const Guest& guest, const Headers& headers = {}) const;

  parlance::test::FakeMediaEngine media;

 private:
  bool wait_until(const std::function<bool()>& done) const;

  std::atomic<SignalingServer*> sink_{nullptr};
  std::atomic<int> hashes_{0};
  chat::test::TemporaryFolder folder_;
  std::unique_ptr<chat::ChatService> chat_;
  mutable std::mutex mutex_;
  std::optional<std::string> not_ready_;
  std::unique_ptr<HeldChat> held_chat_;
  std::unique_ptr<chat::AccountService> accounts_;
  std::unique_ptr<SignalingServer> server_;
};

// One tab.
class Client {
 public:
  Client(const World& world, const Guest& guest, int receive_buffer = 0);

  WsClient& socket() { return *socket_; }

  const Json& hello() const { return hello_; }

  // Sends a request and waits for its answer; objects that come before it are kept for
  // next_event().
  Json request(const std::string& op, const Json& d);
  // The same where the answer has to be `ok`, which is checked and returned.
  Json ok(const std::string& op, const Json& d);
  // The code of the problem that it has to be answered with.
  std::string error(const std::string& op, const Json& d);
  // Without waiting.
  std::uint32_t send(const std::string& op, const Json& d);
  Json answer_to(std::uint32_t id);

  Json start() { return ok("session.start", Json::object()); }

  bool resume(const std::string& session_id, std::uint64_t s);

  // The next event, of that name where one is given: others are skipped. Null when nothing came.
  Json next_event(const std::string& ev = {});
  // The next object that is no answer and no event: hello, hb, resumed.
  Json next_control();

  std::uint64_t last_s() const { return last_s_; }

  // Numbers of the events received, in order.
  const std::vector<std::uint64_t>& numbers() const { return numbers_; }

 private:
  bool read_frame();
  std::optional<Json> take(bool (*wanted)(const Json&));

  std::unique_ptr<WsClient> socket_;
  Json hello_;
  std::vector<Json> objects_;
  std::uint32_t last_id_ = 0;
  std::uint64_t last_s_ = 0;
  std::vector<std::uint64_t> numbers_;
};

// A UUID of version 7 that no other call gave.
std::string new_id();

}  // namespace parlance::signaling::test
