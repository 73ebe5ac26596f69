// The pure service over a memory store, without a thread.
#pragma once

#include <expected>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "chat/adapters/memory/memory_store.h"
#include "chat/service/commands.h"
#include "chat/service/queries.h"
#include "tests/support/chat/fixtures.h"

namespace parlance::chat::test {

class ServiceTest : public testing::Test {
 protected:
  static constexpr UnixMillis kNow = 1'800'000'000'000;

  ServiceTest()
      : store_(make_memory_store()),
        writer_(std::move(store_->open_writer().value())),
        reader_(std::move(store_->open_reader().value())) {}

  // Commits one request; its events are in events_ then.
  template <typename Request>
  auto run(const Request& request) {
    Footprint footprint;
    announce(request, footprint);
    writer_->begin(footprint);
    Commands commands(writer_->reads(), writer_->writes(), kNow);
    auto answer = commands.run(request);
    EXPECT_TRUE(writer_->commit());
    events_ = commands.take_events();
    return answer;
  }

  template <typename Question>
  auto ask(const Question& question) {
    reader_->begin();
    Queries queries(reader_->reads());
    auto answer = question(queries);
    EXPECT_TRUE(reader_->end());
    return answer;
  }

  UserId guest(std::uint64_t number, std::string name) {
    const auto id = id_of<UserId>(number);
    EXPECT_TRUE(run(CreateGuest{.user = id,
                                .device = id_of<DeviceId>(number),
                                .token_hash = token_hash_of(number),
                                .name = std::move(name)}));
    return id;
  }

  ConversationId room(UserId creator, std::uint64_t number) {
    const auto id = id_of<ConversationId>(number);
    EXPECT_TRUE(run(CreateConversation{.creator = creator,
                                       .conversation = id,
                                       .title = "Tea",
                                       .invite_code = "code " + std::to_string(number)}));
    return id;
  }

  std::expected<Sent, ChatError> send(UserId sender,
                                      ConversationId conversation,
                                      std::uint64_t cmid,
                                      std::string body = "text") {
    return run(SendMessage{.sender = sender,
                           .conversation = conversation,
                           .cmid = id_of<MessageId>(cmid),
                           .body = std::move(body)});
  }

  // Changes what no request changes yet.
  void put_member(ConversationId conversation, const Member& member) {
    writer_->begin({.conversations = {conversation}, .users = {member.user}});
    writer_->writes().memberships.put(conversation, member);
    ASSERT_TRUE(writer_->commit());
  }

  std::unique_ptr<Store> store_;
  std::unique_ptr<WriteSession> writer_;
  std::unique_ptr<ReadSession> reader_;
  std::vector<Event> events_;
};

}  // namespace parlance::chat::test
