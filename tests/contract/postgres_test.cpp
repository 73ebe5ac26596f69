// What Postgres promises beyond the contract: several writers on one database, and a server that
// goes away, hangs, or loses an answer.
#include <chrono>
#include <functional>
#include <future>
#include <random>
#include <set>
#include <thread>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/adapters/postgres/postgres_store.h"
#include "chat/adapters/store_threads/threaded_chat_service.h"
#include "tests/support/chat/fixtures.h"
#include "tests/support/postgres/postgres_proxy.h"
#include "tests/support/postgres/private_postgres.h"

namespace parlance::chat {
namespace {

using namespace std::chrono_literals;
using parlance::test::PostgresProxy;
using parlance::test::PrivatePostgres;
using test::id_of;
using testing::HasSubstr;
using testing::Not;

constexpr UnixMillis kNow = 1'800'000'000'000;
const auto kAda = id_of<UserId>(1);
const auto kRoom = id_of<ConversationId>(10);
constexpr const char* kDatabase = "own";

Footprint footprint_of(std::vector<Footprint::MessageKey> messages = {}) {
  return {.conversations = {kRoom},
          .invite_codes = {},
          .users = {kAda},
          .renamed = {},
          .messages = std::move(messages)};
}

ConversationEvent message(Number q, std::uint64_t cmid, std::string body = "text") {
  return {.conversation = kRoom,
          .r = q,
          .at = kNow,
          .what = ConversationEvent::MessageCreated{.message = {.id = id_of<MessageId>(cmid),
                                                                .conversation = kRoom,
                                                                .q = q,
                                                                .r = q,
                                                                .sender = kAda,
                                                                .body = std::move(body),
                                                                .at = kNow}}};
}

std::chrono::milliseconds time_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  const auto took = std::chrono::steady_clock::now() - begin;
  return std::chrono::duration_cast<std::chrono::milliseconds>(took);
}

class PostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto server = PrivatePostgres::shared();
    if (!server) {
      GTEST_SKIP() << server.error();
    }
    server_ = *server;
    server_->drop(kDatabase);
    url_ = server_->database(kDatabase);
  }

  std::unique_ptr<Store> open(const std::string& url, std::chrono::milliseconds patience = 5s) {
    auto store = open_postgres_store({.url = url, .patience = patience});
    if (!store) {
      ADD_FAILURE() << store.error();
      return nullptr;
    }
    return std::move(*store);
  }

  void start_session(const std::string& url, std::chrono::milliseconds patience = 5s) {
    store_ = open(url, patience);
    writer_ = std::move(store_->open_writer().value());
    reader_ = std::move(store_->open_reader().value());
    writer_->begin(footprint_of());
    const StoreWrites to = writer_->writes();
    to.directory.add_user({.id = kAda, .name = "Ada", .guest = true, .created_at = kNow},
                          {.id = id_of<DeviceId>(2),
                           .user = kAda,
                           .token_hash = test::token_hash_of(1),
                           .created_at = kNow});
    to.directory.add_conversation({.conversation = {.id = kRoom,
                                                    .profile = {.title = "Tea"},
                                                    .invite_code = "room",
                                                    .created_at = kNow},
                                   .creator = kAda});
    ASSERT_TRUE(writer_->commit()) << writer_->trouble();
  }

  std::expected<void, StoreError> append(const ConversationEvent& event) {
    writer_->begin(footprint_of());
    writer_->writes().log.append(event);
    return writer_->commit();
  }

  std::vector<Message> stored() {
    reader_->begin();
    auto found = reader_->reads().log.messages({.conversation = kRoom, .limit = 10'000});
    EXPECT_TRUE(reader_->end()) << reader_->trouble();
    return found;
  }

  std::unique_ptr<ChatService> serve(const std::string& url,
                                     test::Published& published,
                                     std::chrono::milliseconds patience = 5s) {
    return std::move(
        ThreadedChatService::start(open(url, patience), 1, published.sink(), [](const auto&) {
        }).value());
  }

  PrivatePostgres* server_ = nullptr;
  std::string url_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<WriteSession> writer_;
  std::unique_ptr<ReadSession> reader_;
};

// Two services as of two processes: they send into the same rooms, let people in and rename them,
// so that their batches want the same heads in every order.
TEST_F(PostgresTest, LetsTwoWritersNumberTheSameConversationsWithoutAGapOrADeadlock) {
  constexpr std::uint64_t kRooms = 3;
  constexpr std::uint64_t kMessages = 150;
  test::Published published;
  const auto first = serve(url_, published);
  const auto second = serve(url_, published);
  const UserId ada = test::Asker(*first).create_guest("Ada")->identity.user;
  const UserId ben = test::Asker(*second).create_guest("Ben")->identity.user;
  std::vector<ConversationId> rooms;
  for (std::uint64_t i = 0; i < kRooms; ++i) {
    rooms.push_back(id_of<ConversationId>(20 + i));
    const auto made = test::Asker(*first).create_conversation(ada, rooms.back(), "Room");
    ASSERT_TRUE(test::Asker(*second).accept_invite(ben, made->conversation.invite_code));
  }
  const std::string code =
      test::Asker(*first).get_conversation(ada, rooms[0])->conversation.invite_code;
  std::vector<std::jthread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      ChatService& service = thread % 2 == 0 ? *first : *second;
      const UserId sender = thread % 2 == 0 ? ada : ben;
      test::Asker ask(service);
      for (std::uint64_t i = 0; i < kMessages; ++i) {
        // Every third cmid is sent by the other thread of the same person too.
        const std::uint64_t cmid =
            i % 3 == 0 ? 70'000 + 1'000 * (thread % 2) + i : 10'000 * thread + i;
        const auto room = rooms[(i + thread) % 3 == 0 ? 0 : i % kRooms];
        EXPECT_TRUE(ask.send(sender, room, id_of<MessageId>(100'000 + cmid), "text"));
        if (i % 30 == thread) {
          EXPECT_TRUE(ask.rename_user(sender, "Name " + std::to_string(i)));
          const UserId guest = ask.create_guest("Guest")->identity.user;
          EXPECT_TRUE(ask.accept_invite(guest, code));
        }
      }
    });
  }
  threads.clear();
  for (const ConversationId room : rooms) {
    std::set<MessageId> ids;
    Revision r = 0;
    SyncQuery query{
        .cursors = {{.conversation = room, .r = 0}}, .user_r = std::nullopt, .limit = 200};
    for (bool more = true; more;) {
      const auto page = test::Asker(*first).sync(ada, query);
      ASSERT_TRUE(page);
      for (const Event& event : page->events) {
        const auto& change = std::get<ConversationEvent>(event);
        ASSERT_EQ(change.r, ++r);
        if (const auto* created = std::get_if<ConversationEvent::MessageCreated>(&change.what)) {
          EXPECT_TRUE(ids.insert(created->message.id).second) << "twice";
          EXPECT_EQ(created->message.q, static_cast<Number>(ids.size()));
        }
      }
      query.cursors = page->cursors;
      more = page->has_more;
    }
    EXPECT_GT(ids.size(), 50U);
    // Every event was published by the writer that made it.
    EXPECT_EQ(published.of(room).size(), static_cast<std::size_t>(r));
  }
  EXPECT_THAT(server_->log(), Not(HasSubstr("deadlock")));
}

TEST_F(PostgresTest, RefusesWhileTheServerIsAwayAndIsBackByItself) {
  test::Published published;
  const auto service = serve(url_, published);
  test::Asker ask(*service);
  const UserId ada = ask.create_guest("Ada")->identity.user;
  ASSERT_TRUE(ask.create_conversation(ada, kRoom, "Tea"));
  ASSERT_TRUE(ask.send(ada, kRoom, id_of<MessageId>(50), "before"));
  server_->stop();
  const auto took = time_of([&] {
    EXPECT_EQ(ask.send(ada, kRoom, id_of<MessageId>(51), "text").error(), ChatError::kUnavailable);
    EXPECT_EQ(ask.history(ada, {.conversation = kRoom}).error(), ChatError::kUnavailable);
  });
  EXPECT_LT(took, 5s);
  server_->start_again();
  const auto again = ask.send(ada, kRoom, id_of<MessageId>(51), "text");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->message.q, 2);
  EXPECT_EQ(ask.history(ada, {.conversation = kRoom})->messages.size(), 2U);
}

// Connections that broke unnoticed between two transactions cost nobody an answer.
TEST_F(PostgresTest, NoticesNothingOfARestartBetweenTwoTransactions) {
  start_session(url_);
  ASSERT_TRUE(append(message(1, 50)));
  EXPECT_EQ(stored().size(), 1U);
  server_->stop();
  server_->start_again();
  EXPECT_TRUE(append(message(2, 51))) << writer_->trouble();
  EXPECT_EQ(stored().size(), 2U);
}

TEST_F(PostgresTest, WaitsNoLongerThanItsPatienceForAServerThatHangs) {
  start_session(url_, 300ms);
  ASSERT_TRUE(append(message(1, 50)));
  server_->freeze();
  std::expected<void, StoreError> refused;
  EXPECT_LT(time_of([&] { refused = append(message(2, 51)); }), 10s);
  server_->thaw();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), StoreError::kUnavailable);
  // The pause after an attempt that took long.
  while (!append(message(2, 51))) {
    ASSERT_EQ(stored().size(), 1U);
  }
  EXPECT_EQ(stored().size(), 2U);
}

TEST_F(PostgresTest, SaysYesWhereOnlyTheAnswerOfTheCommitWasLost) {
  PostgresProxy proxy(server_->folder());
  start_session(proxy.address(kDatabase));
  proxy.next_commit(PostgresProxy::NextCommit::kLoseAnswer);
  EXPECT_TRUE(append(message(1, 50))) << writer_->trouble();
  EXPECT_TRUE(append(message(2, 51)));
  EXPECT_EQ(stored().size(), 2U);
}

TEST_F(PostgresTest, SaysNoWhereTheCommitItselfWasLost) {
  PostgresProxy proxy(server_->folder());
  start_session(proxy.address(kDatabase));
  ASSERT_TRUE(append(message(1, 50)));
  proxy.next_commit(PostgresProxy::NextCommit::kLoseRequest);
  const auto lost = append(message(2, 51));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error(), StoreError::kUnavailable);
  EXPECT_EQ(stored().size(), 1U);
  EXPECT_TRUE(append(message(2, 51)));
  EXPECT_EQ(stored().size(), 2U);
}

// The connection is gone, and the server is going to commit all the same: asked at once it would
// say that nothing has happened.
TEST_F(PostgresTest, WaitsForACommitThatIsStillOnItsWay) {
  PostgresProxy proxy(server_->folder());
  start_session(proxy.address(kDatabase));
  ASSERT_TRUE(append(message(1, 50)));
  proxy.next_commit(PostgresProxy::NextCommit::kHold);
  auto late = std::async(std::launch::async, [&] { return append(message(2, 51)); });
  while (server_->sql(kDatabase, "SELECT count(*) FROM pg_locks WHERE NOT granted") == "0" &&
         late.wait_for(10ms) != std::future_status::ready) {
  }
  proxy.release();
  EXPECT_TRUE(late.get()) << writer_->trouble();
  EXPECT_EQ(stored().size(), 2U);
}

TEST_F(PostgresTest, SaysWhatIsWrongAtTheStartWithoutThePassword) {
  server_->sql("postgres", "DROP ROLE IF EXISTS locked; CREATE ROLE locked LOGIN PASSWORD 'right'");
  for (const std::string& url : {server_->address(kDatabase, "locked", "wr0ng"),
                                 server_->address("nowhere", "postgres", "wr0ng"),
                                 std::string("postgres://ada:wr0ng@127.0.0.1:1/chat")}) {
    const auto store = open_postgres_store({.url = url});
    ASSERT_FALSE(store);
    EXPECT_THAT(store.error(), HasSubstr("storage.url"));
    EXPECT_THAT(store.error(), Not(HasSubstr("wr0ng")));
    EXPECT_THAT(store.error(), Not(HasSubstr("\n")));
  }
}

TEST_F(PostgresTest, RefusesDatabasesThatItCannotUse) {
  server_->sql(kDatabase, "CREATE TABLE schema_version (number int)");
  EXPECT_THAT(open_postgres_store({.url = url_}).error(), HasSubstr("another program's"));
  server_->sql(kDatabase, "DROP TABLE schema_version; CREATE TABLE users (id int)");
  EXPECT_THAT(open_postgres_store({.url = url_}).error(), HasSubstr("already exists"));
  server_->sql(kDatabase, "DROP TABLE users");
  ASSERT_NE(open(url_), nullptr);
  server_->sql(kDatabase, "UPDATE schema_version SET parlance = 99");
  EXPECT_THAT(open_postgres_store({.url = url_}).error(), HasSubstr("newer Parlance"));
  server_->drop("latin");
  server_->sql("postgres",
               "CREATE DATABASE latin ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
  EXPECT_THAT(open_postgres_store({.url = server_->address("latin")}).error(),
              HasSubstr("SQL_ASCII"));
}

TEST_F(PostgresTest, LetsSeveralServersMigrateAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] { EXPECT_NE(open(url_), nullptr); });
  }
  threads.clear();
  EXPECT_EQ(server_->sql(kDatabase, "SELECT count(*) FROM schema_version"), "1");
}

TEST_F(PostgresTest, HasEverythingOfABackupAndNothingSince) {
  const test::TemporaryFolder folder;
  const std::string copy = folder.file("parlance.dump");
  start_session(url_);
  ASSERT_TRUE(append(message(1, 50)));
  server_->back_up(kDatabase, copy);
  ASSERT_TRUE(append(message(2, 51)));
  writer_.reset();
  reader_.reset();
  server_->restore(kDatabase, copy);
  store_ = open(url_);
  writer_ = std::move(store_->open_writer().value());
  reader_ = std::move(store_->open_reader().value());
  EXPECT_EQ(stored().size(), 1U);
  EXPECT_TRUE(append(message(2, 52))) << writer_->trouble();
  EXPECT_EQ(stored().size(), 2U);
}

TEST_F(PostgresTest, KeepsTextsOutOfTheServersLog) {
  start_session(url_);
  ASSERT_TRUE(append(message(1, 50, "bodies are private")));
  const auto taken = append(message(2, 50, "bodies are private"));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error(), StoreError::kRefused);
  EXPECT_THAT(writer_->trouble(), HasSubstr("duplicate key"));
  EXPECT_THAT(writer_->trouble(), Not(HasSubstr("private")));
  EXPECT_THAT(server_->log(), HasSubstr("duplicate key"));
  EXPECT_THAT(server_->log(), Not(HasSubstr("private")));
}

TEST_F(PostgresTest, GivesBackAnyText) {
  start_session(url_);
  constexpr std::string_view kLetters = "\"\\{},'NUL$1;-- \n\t\xC3\xA9";
  std::mt19937 random(20'261'121);  // NOLINT(cert-msc51-cpp): the same texts every time
  std::vector<std::string> bodies;
  writer_->begin(footprint_of());
  for (Number q = 1; q <= 200; ++q) {
    std::string body;
    for (auto length = random() % 20; length > 0; --length) {
      const std::size_t at = random() % (kLetters.size() - 1);
      body += at == kLetters.size() - 2 ? kLetters.substr(at) : kLetters.substr(at, 1);
    }
    bodies.push_back(body);
    writer_->writes().log.append(message(q, 1'000 + static_cast<std::uint64_t>(q), body));
  }
  ASSERT_TRUE(writer_->commit()) << writer_->trouble();
  const auto found = stored();
  ASSERT_EQ(found.size(), bodies.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].body, bodies[i]);
  }
}

TEST_F(PostgresTest, RefusesTextsThatPostgresCannotHold) {
  start_session(url_);
  for (const std::string& body : {std::string("zero\0byte", 9), std::string("not UTF-8 \xFF")}) {
    const auto refused = append(message(1, 50, body));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), StoreError::kRefused);
    writer_->begin({.invite_codes = {body}});
    EXPECT_FALSE(writer_->reads().directory.conversation_invited_by(body));
    EXPECT_TRUE(writer_->commit()) << writer_->trouble();
  }
  EXPECT_TRUE(append(message(1, 50)));
}

}  // namespace
}  // namespace parlance::chat
