#include "tests/unit/signaling_server/world.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>

#include "base/uuid.h"
#include "chat/adapters/jwt/jwt_tokens.h"
#include "signaling/protocol/envelope.h"
#include "signaling/server/event_loop.h"
#include "signaling/server/secure_random.h"

namespace parlance::signaling::test {

namespace {

const SchemaRegistry& registry() {
  static const SchemaRegistry loaded = SchemaRegistry::load(embedded_schemas()).value();
  return loaded;
}

void expect_fits(std::string_view schema, const Json& value) {
  for (const Violation& violation : schemas().check(schema, value)) {
    ADD_FAILURE() << schema << " " << violation.pointer << ": " << violation.detail << "\n"
                  << value;
  }
}

// As the real one, with hashes that take no time: counted instead.
class CountingHasher final : public chat::PasswordHasher {
 public:
  explicit CountingHasher(std::atomic<int>& count) : count_(count) {}

  std::optional<std::string> hash(std::string_view password) override {
    ++count_;
    return "hash of " + std::string(password);
  }

  bool verify(std::string_view password, const std::string& phc) override {
    ++count_;
    return phc == "hash of " + std::string(password);
  }

  const std::string& decoy() const override { return decoy_; }

 private:
  std::atomic<int>& count_;
  const std::string decoy_ = "no hash at all";
};

bool is_answer(const Json& object) {
  return object.contains("ok") || object.contains("err");
}

bool is_event(const Json& object) {
  return object.contains("ev");
}

bool is_control(const Json& object) {
  return object.contains("op");
}

}  // namespace

SchemaChecker& schemas() {
  static SchemaChecker checker(registry());
  return checker;
}

std::vector<Json> checked_objects(const std::string& frame) {
  EXPECT_LE(frame.size(), kMaxServerFrameBytes);
  std::vector<Json> objects;
  for (const std::string_view text : split_frame(frame)) {
    Json object = Json::parse(text);
    expect_fits("ServerFrame", object);
    if (is_event(object)) {
      expect_fits(object["ev"].get<std::string>() + ".event", object["d"]);
    }
    objects.push_back(std::move(object));
  }
  return objects;
}

World::World(SignalingOptions options, std::vector<HttpRoute> routes) {
  options.listen_addresses = {"127.0.0.1"};
  options.port = 0;
  chat_ = chat::start_chat_service({.url = "memory:"},
                                   [this](std::shared_ptr<const chat::Event> event) {
                                     if (SignalingServer* const sink = sink_.load()) {
                                       sink->publish(std::move(event));
                                     }
                                   })
              .value();
  held_chat_ = std::make_unique<HeldChat>(*chat_);
  accounts_ = chat::start_accounts(*held_chat_,
                                   std::make_unique<CountingHasher>(hashes_),
                                   chat::open_jwt_tokens(folder_.path()).value(),
                                   [this](chat::UserId user, const auto& devices) {
                                     if (SignalingServer* const sink = sink_.load()) {
                                       sink->revoke(user, devices);
                                     }
                                   });
  auto started = start_signaling_server(std::move(options),
                                        {*held_chat_,
                                         media,
                                         {},
                                         [] { return "metrics 1\n"; },
                                         [this] {
                                           const std::lock_guard lock(mutex_);
                                           return not_ready_;
                                         },
                                         std::move(routes),
                                         {},
                                         accounts_.get()});
  EXPECT_TRUE(started) << started.error();
  server_ = std::move(*started);
  sink_ = server_.get();
}

World::~World() {
  server_->stop();
  accounts_->stop();
  chat_->stop();
}

void World::set_not_ready(std::string reason) {
  const std::lock_guard lock(mutex_);
  not_ready_ = std::move(reason);
}

bool World::counted(const std::string& counter, std::uint64_t at_least) const {
  return wait_until([&] { return server_->counters().at(counter) >= at_least; });
}

bool World::fell_to(const std::string& counter, std::uint64_t at_most) const {
  return wait_until([&] { return server_->counters().at(counter) <= at_most; });
}

bool World::wait_until(const std::function<bool()>& done) const {
  const auto until = std::chrono::steady_clock::now() + parlance::test::kPatience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > until) {
      return false;
    }
    http("GET", "/healthz");  // an answer paces the loop
  }
  return true;
}

Guest World::guest(const std::string& name) const {
  const HttpAnswer answer = http("POST", "/v1/guests", {}, Json({{"name", name}}).dump());
  EXPECT_EQ(answer.status, 201) << answer.body;
  const Json body = Json::parse(answer.body);
  expect_fits("GuestReply", body);
  return {body["token"], body["user"]["id"]};
}

std::string World::ticket(const Guest& guest, const Headers& headers) const {
  Headers all = headers;
  all.emplace_back("authorization", "Bearer " + guest.token);
  const HttpAnswer answer = http("POST", "/v1/ws/tickets", all);
  EXPECT_EQ(answer.status, 201) << answer.body;
  const Json body = Json::parse(answer.body);
  expect_fits("TicketReply", body);
  return body["ticket"];
}

Client::Client(const World& world, const Guest& guest, int receive_buffer)
    : socket_(std::make_unique<WsClient>(
          world.port(), "/v1/ws?ticket=" + world.ticket(guest), Headers{}, receive_buffer)) {
  EXPECT_TRUE(socket_->open()) << socket_->answer().status << socket_->answer().body;
  hello_ = next_control();
  EXPECT_EQ(hello_["op"], "hello");
  hello_ = hello_["d"];
}

bool Client::read_frame() {
  const std::optional<std::string> frame = socket_->receive();
  if (!frame) {
    return false;
  }
  for (Json& object : checked_objects(*frame)) {
    if (object.contains("s")) {
      last_s_ = object["s"];
      numbers_.push_back(last_s_);
    }
    objects_.push_back(std::move(object));
  }
  return true;
}

std::optional<Json> Client::take(bool (*wanted)(const Json&)) {
  const auto found = std::ranges::find_if(objects_, wanted);
  if (found == objects_.end()) {
    return std::nullopt;
  }
  Json object = std::move(*found);
  objects_.erase(found);
  return object;
}

std::uint32_t Client::send(const std::string& op, const Json& d) {
  EXPECT_TRUE(socket_->send_text(Json({{"id", ++last_id_}, {"op", op}, {"d", d}}).dump()));
  return last_id_;
}

Json Client::answer_to(std::uint32_t id) {
  for (;;) {
    const auto found = std::ranges::find_if(objects_, [id](const Json& object) {
      return is_answer(object) && object.value("id", 0U) == id;
    });
    if (found != objects_.end()) {
      Json answer = std::move(*found);
      objects_.erase(found);
      return answer;
    }
    if (!read_frame()) {
      ADD_FAILURE() << "no answer to request " << id << ", closed with "
                    << socket_->close_code().value_or(0);
      return {};
    }
  }
}

Json Client::request(const std::string& op, const Json& d) {
  return answer_to(send(op, d));
}

Json Client::ok(const std::string& op, const Json& d) {
  const Json answer = request(op, d);
  if (!answer.contains("ok")) {
    ADD_FAILURE() << op << ": " << answer;
    return {};
  }
  expect_fits(op + ".reply", answer["ok"]);
  return answer["ok"];
}

std::string Client::error(const std::string& op, const Json& d) {
  const Json answer = request(op, d);
  return answer.contains("err") ? answer["err"]["code"].get<std::string>() : "(ok)";
}

bool Client::resume(const std::string& session_id, std::uint64_t s) {
  last_s_ = s;
  return ok("session.resume", {{"session_id", session_id}, {"s", s}})["resumed"];
}

Json Client::next_event(const std::string& ev) {
  for (;;) {
    while (const std::optional<Json> event = take(is_event)) {
      if (ev.empty() || (*event)["ev"] == ev) {
        return *event;
      }
    }
    if (!read_frame()) {
      return nullptr;
    }
  }
}

Json Client::next_control() {
  for (;;) {
    if (const std::optional<Json> control = take(is_control)) {
      return *control;
    }
    if (!read_frame()) {
      return nullptr;
    }
  }
}

std::string new_id() {
  std::array<std::uint8_t, 10> random{};
  fill_random(random);
  return Uuid::v7(read_clocks().unix_ms, random).str();
}

}  // namespace parlance::signaling::test
