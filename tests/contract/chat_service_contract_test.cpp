// What the messenger promises to whoever asks it, started as the server starts it, on every kind of
// store.
#include <atomic>
#include <future>
#include <set>
#include <thread>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/adapters/store_threads/start_chat_service.h"
#include "tests/contract/store_adapters.h"

namespace parlance::chat {
namespace {

using test::id_of;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

const auto kRoom = id_of<ConversationId>(10);

class ChatServiceContract : public testing::TestWithParam<test::StoreAdapter> {
 protected:
  void SetUp() override {
    if (const std::string missing = test::missing_store(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    start();
  }

  void start() {
    service_.reset();
    auto started = start_chat_service({.url = GetParam().url(folder_),
                                       .report =
                                           [](const std::string& line) {
                                             ADD_FAILURE() << line;
                                           }},
                                      published_.sink());
    ASSERT_TRUE(started) << started.error();
    service_ = std::move(*started);
  }

  test::Asker ask() { return test::Asker(*service_); }

  UserId guest(const std::string& name) { return ask().create_guest(name)->identity.user; }

  // A conversation of Ada's in which Ben is too.
  void add_room() {
    ada_ = guest("Ada");
    ben_ = guest("Ben");
    const auto made = ask().create_conversation(ada_, kRoom, "Tea");
    ASSERT_TRUE(made);
    code_ = made->conversation.invite_code;
    ASSERT_TRUE(ask().accept_invite(ben_, code_));
  }

  void send(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(ask().send(ada_, kRoom, next_cmid(), "text"));
    }
  }

  MessageId next_cmid() { return id_of<MessageId>(++cmids_); }

  test::TemporaryFolder folder_;
  test::Published published_;
  std::unique_ptr<ChatService> service_;
  UserId ada_;
  UserId ben_;
  std::string code_;
  std::uint64_t cmids_ = 1'000;
};

TEST_P(ChatServiceContract, KnowsAGuestByItsTokenAlone) {
  const auto guest = ask().create_guest("  Ada ");
  ASSERT_TRUE(guest);
  EXPECT_EQ(guest->identity.name, "Ada");
  EXPECT_EQ(guest->token.size(), 43U);
  EXPECT_EQ(ask().authenticate(guest->token), guest->identity);
  std::string other = guest->token;
  other.front() = other.front() == 'A' ? 'B' : 'A';
  EXPECT_EQ(ask().authenticate(other).error(), ChatError::kUnauthenticated);
  EXPECT_EQ(ask().authenticate("").error(), ChatError::kUnauthenticated);
}

TEST_P(ChatServiceContract, CreatesAConversationOnceHoweverOftenItIsAsked) {
  const UserId ada = guest("Ada");
  const auto first = ask().create_conversation(ada, kRoom, "Tea");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->conversation.profile.title, "Tea");
  EXPECT_EQ(first->conversation.invite_code.size(), 22U);
  ASSERT_THAT(first->members, SizeIs(1));
  EXPECT_EQ(first->members[0].role, Role::kOwner);
  EXPECT_EQ(ask().create_conversation(ada, kRoom, "Other title"), first);
  EXPECT_THAT(published_.of(kRoom), SizeIs(1));
  EXPECT_EQ(ask().create_conversation(guest("Eve"), kRoom, "Mine").error(), ChatError::kConflict);
}

TEST_P(ChatServiceContract, LetsInWhoeverHasTheCodeOnceHoweverOftenItIsAsked) {
  add_room();
  const auto again = ask().accept_invite(ben_, code_);
  ASSERT_TRUE(again);
  EXPECT_THAT(again->members, SizeIs(2));
  EXPECT_EQ(ask().get_conversation(ben_, kRoom), again);
  const auto events = published_.of(kRoom);
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(std::get<ConversationEvent::MemberJoined>(events[1].what).member.name, "Ben");
  const auto own = published_.of(ben_);
  ASSERT_THAT(own, SizeIs(1));
  EXPECT_EQ(std::get<UserEvent::ConversationAdded>(own[0].what).conversation, again->conversation);
  EXPECT_EQ(ask().accept_invite(ben_, "no such code").error(), ChatError::kNotFound);
}

TEST_P(ChatServiceContract, HidesConversationsFromStrangers) {
  add_room();
  const UserId eve = guest("Eve");
  EXPECT_EQ(ask().get_conversation(eve, kRoom).error(), ChatError::kNotFound);
  EXPECT_EQ(ask().history(eve, {.conversation = kRoom}).error(), ChatError::kNotFound);
  EXPECT_EQ(ask().send(eve, kRoom, next_cmid(), "hello").error(), ChatError::kNotFound);
  EXPECT_THAT(ask().list_conversations(eve)->conversations, IsEmpty());
  EXPECT_THAT(ask().sync(eve, {.cursors = {{.conversation = kRoom, .r = 0}}})->gone,
              ElementsAre(kRoom));
}

TEST_P(ChatServiceContract, NumbersMessagesDenselyAndPublishesThemInOrder) {
  add_room();
  send(20);
  const auto events = published_.of(kRoom);
  ASSERT_THAT(events, SizeIs(22));
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].r, static_cast<Revision>(i) + 1);
  }
  const auto page = ask().history(ben_, {.conversation = kRoom, .limit = 50});
  ASSERT_THAT(page->messages, SizeIs(20));
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(page->messages[i].q, static_cast<Number>(i) + 1);
    EXPECT_EQ(page->messages[i],
              std::get<ConversationEvent::MessageCreated>(events[i + 2].what).message);
  }
  EXPECT_FALSE(page->has_more);
}

TEST_P(ChatServiceContract, GivesTheSameAnswerToTheSameCmidAndTakesNoNumberForIt) {
  add_room();
  const MessageId cmid = next_cmid();
  const auto first = ask().send(ada_, kRoom, cmid, "once");
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->duplicate);
  send(1);
  const auto again = ask().send(ada_, kRoom, cmid, "once");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->duplicate);
  EXPECT_EQ(again->message, first->message);
  EXPECT_EQ(ask().send(ada_, kRoom, next_cmid(), "next")->message.q, 3);
  EXPECT_EQ(ask().send(ben_, kRoom, cmid, "mine").error(), ChatError::kConflict);
}

TEST_P(ChatServiceContract, TellsOfANewNameInEveryConversationAndOnOwnDevices) {
  add_room();
  const auto hall = id_of<ConversationId>(11);
  ASSERT_TRUE(ask().create_conversation(ben_, hall, "Hall"));
  EXPECT_EQ(ask().rename_user(ben_, "Benno")->name, "Benno");
  EXPECT_EQ(std::get<UserEvent::ProfileChanged>(published_.of(ben_).back().what).name, "Benno");
  for (const auto& conversation : {kRoom, hall}) {
    const auto event = published_.of(conversation).back();
    EXPECT_EQ(std::get<ConversationEvent::MemberUpdated>(event.what).member.name, "Benno");
  }
  EXPECT_THAT(ask().get_conversation(ada_, kRoom)->members,
              Contains(AllOf(Field(&Member::user, ben_), Field(&Member::name, "Benno"))));
  const std::size_t so_far = published_.all().size();
  ASSERT_TRUE(ask().rename_user(ben_, "Benno"));
  EXPECT_THAT(published_.all(), SizeIs(so_far));
}

TEST_P(ChatServiceContract, ChangesAConversationAndItsMembersForHosts) {
  add_room();
  const auto changed = ask().change(ConfigureConversation{.asker = ada_,
                                                          .conversation = kRoom,
                                                          .title = "Coffee",
                                                          .archived = {},
                                                          .may_post = {},
                                                          .may_call = Role::kAdmin});
  ASSERT_TRUE(changed);
  const auto muted = ask().change(ChangeMember{.asker = ada_,
                                               .conversation = kRoom,
                                               .member = ben_,
                                               .role = Role::kModerator,
                                               .muted = true});
  ASSERT_TRUE(muted);
  const auto view = ask().get_conversation(ben_, kRoom);
  EXPECT_EQ(view->conversation.profile, changed->profile);
  EXPECT_EQ(view->conversation.profile.may_call, Role::kAdmin);
  EXPECT_THAT(view->members, Contains(*muted));
  EXPECT_EQ(ask().send(ben_, kRoom, next_cmid(), "text").error(), ChatError::kForbidden);
  EXPECT_THAT(published_.of(kRoom), SizeIs(4));
}

TEST_P(ChatServiceContract, RemovesMembersForHostsAndForThemselves) {
  add_room();
  const UserId eve = guest("Eve");
  ASSERT_TRUE(ask().accept_invite(eve, code_));
  EXPECT_EQ(ask().remove_member(ben_, kRoom, eve).error(), ChatError::kForbidden);
  EXPECT_EQ(ask().remove_member(ben_, kRoom, ada_).error(), ChatError::kForbidden);
  ASSERT_TRUE(ask().remove_member(ada_, kRoom, eve));
  EXPECT_EQ(ask().remove_member(ada_, kRoom, eve).error(), ChatError::kNotFound);
  ASSERT_TRUE(ask().remove_member(ben_, kRoom, ben_));
  EXPECT_THAT(ask().get_conversation(ada_, kRoom)->members, SizeIs(1));
  EXPECT_EQ(std::get<ConversationEvent::MemberLeft>(published_.of(kRoom).back().what).user, ben_);
  EXPECT_EQ(std::get<UserEvent::ConversationRemoved>(published_.of(eve).back().what).conversation,
            kRoom);
  EXPECT_THAT(ask().list_conversations(ben_)->conversations, IsEmpty());
  EXPECT_EQ(ask().list_conversations(ben_)->user_r, 2);
}

TEST_P(ChatServiceContract, PagesHistoryBothWays) {
  add_room();
  send(10);
  const auto numbers = [&](HistoryQuery query) {
    query.conversation = kRoom;
    const auto page = ask().history(ben_, query);
    std::vector<Number> found;
    for (const auto& message : page->messages) {
      found.push_back(message.q);
    }
    return std::pair(found, page->has_more);
  };
  using Page = std::pair<std::vector<Number>, bool>;
  EXPECT_EQ(numbers({.conversation = {}, .limit = 3}), Page({8, 9, 10}, true));
  EXPECT_EQ(numbers({.conversation = {}, .before_q = 4, .limit = 3}), Page({1, 2, 3}, false));
  EXPECT_EQ(numbers({.conversation = {}, .after_q = 4, .limit = 3}), Page({5, 6, 7}, true));
  EXPECT_EQ(numbers({.conversation = {}, .after_q = 7, .limit = 3}), Page({8, 9, 10}, false));
  EXPECT_EQ(numbers({.conversation = {}, .before_q = 1}), Page({}, false));
  EXPECT_EQ(numbers({.conversation = {}, .after_q = 10}), Page({}, false));
  EXPECT_EQ(numbers({.conversation = {}, .before_q = 9, .after_q = 6}), Page({7, 8}, false));
}

TEST_P(ChatServiceContract, SyncsEveryEventFromAnyCursorPageByPage) {
  add_room();
  send(30);
  ASSERT_TRUE(ask().rename_user(ben_, "Benno"));
  for (const Revision start : {0, 1, 17, 33}) {
    SyncQuery query{.cursors = {{.conversation = kRoom, .r = start}}, .user_r = 0, .limit = 7};
    std::vector<ConversationEvent> room;
    std::vector<UserEvent> own;
    bool more = true;
    while (more) {
      const auto page = ask().sync(ben_, query);
      ASSERT_TRUE(page);
      ASSERT_LE(page->events.size(), 7U);
      for (const Event& event : page->events) {
        if (const auto* of_room = std::get_if<ConversationEvent>(&event)) {
          room.push_back(*of_room);
        } else {
          own.push_back(std::get<UserEvent>(event));
        }
      }
      query.cursors = page->cursors;
      query.user_r = page->user_r;
      more = page->has_more;
    }
    auto expected = published_.of(kRoom);
    expected.erase(expected.begin(), expected.begin() + start);
    EXPECT_EQ(room, expected);
    EXPECT_EQ(own, published_.of(ben_));
    EXPECT_EQ(query.cursors.at(0).r, 33);
  }
}

TEST_P(ChatServiceContract, SurvivesARestartWithTokensMessagesAndNumbers) {
  if (!GetParam().durable) {
    GTEST_SKIP() << "forgets by design";
  }
  const auto token = ask().create_guest("Eve")->token;
  add_room();
  const MessageId cmid = next_cmid();
  const auto sent = ask().send(ada_, kRoom, cmid, "before");
  const auto view = ask().get_conversation(ada_, kRoom);
  start();
  EXPECT_EQ(ask().authenticate(token)->name, "Eve");
  EXPECT_EQ(ask().get_conversation(ada_, kRoom), view);
  const auto again = ask().send(ada_, kRoom, cmid, "before");
  EXPECT_TRUE(again->duplicate);
  EXPECT_EQ(again->message, sent->message);
  EXPECT_EQ(ask().send(ada_, kRoom, next_cmid(), "after")->message.q, 2);
}

TEST_P(ChatServiceContract, NumbersDenselyAndOnceWhatManyThreadsSendAtOnce) {
  add_room();
  constexpr int kThreads = 4;
  constexpr std::uint64_t kEach = 100;
  std::vector<std::jthread> threads;
  for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t i = 0; i < kEach; ++i) {
        // Every second message is the neighbour's too, so that duplicates race.
        const std::uint64_t number = i % 2 == 0 ? 10'000 * (thread + 1) + i : 90'000 + i;
        EXPECT_TRUE(ask().send(ada_, kRoom, id_of<MessageId>(number), "text"));
      }
    });
  }
  threads.clear();
  const std::size_t expected = kThreads * kEach / 2 + kEach / 2;
  const auto events = published_.of(kRoom);
  ASSERT_THAT(events, SizeIs(expected + 2));
  std::set<MessageId> ids;
  for (std::size_t i = 0; i < events.size(); ++i) {
    ASSERT_EQ(events[i].r, static_cast<Revision>(i) + 1);
    if (const auto* created = std::get_if<ConversationEvent::MessageCreated>(&events[i].what)) {
      ids.insert(created->message.id);
      EXPECT_EQ(created->message.q, static_cast<Number>(ids.size()));
    }
  }
  EXPECT_THAT(ids, SizeIs(expected));
}

TEST_P(ChatServiceContract, AnswersEverythingThatWasQueuedWhenItIsStopped) {
  add_room();
  constexpr int kCount = 1'000;
  test::InlineExecutor executor;
  std::atomic<int> committed{0};
  std::atomic<int> answered{0};
  for (int i = 0; i < kCount; ++i) {
    service_->send_message(ada_, kRoom, next_cmid(), "text", executor, [&](const auto& sent) {
      committed += sent.has_value() ? 1 : 0;
      ++answered;
    });
    service_->history(
        ada_, {.conversation = kRoom, .limit = 1}, executor, [&](const auto&) { ++answered; });
  }
  service_->stop();
  EXPECT_EQ(answered, 2 * kCount);
  EXPECT_EQ(committed, kCount);
  EXPECT_EQ(ask().send(ada_, kRoom, next_cmid(), "late").error(), ChatError::kUnavailable);
  EXPECT_EQ(ask().history(ada_, {.conversation = kRoom}).error(), ChatError::kUnavailable);
  service_->stop();
}

TEST_P(ChatServiceContract, AnswersEveryCallerThatRacesAStop) {
  add_room();
  std::atomic<bool> stopped{false};
  std::promise<void> first_commit;
  std::atomic<int> commits{0};
  std::vector<std::jthread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t i = 0; !stopped; ++i) {
        const auto sent = ask().send(ada_, kRoom, id_of<MessageId>(100'000 * thread + i), "text");
        if (!sent) {
          EXPECT_EQ(sent.error(), ChatError::kUnavailable);
        } else if (commits++ == 0) {
          first_commit.set_value();
        }
      }
    });
  }
  first_commit.get_future().wait();
  service_->stop();
  const auto after_stop = published_.all();
  stopped = true;
  threads.clear();
  EXPECT_EQ(published_.all(), after_stop);
  EXPECT_THAT(published_.of(kRoom), SizeIs(static_cast<std::size_t>(commits) + 2));
}

INSTANTIATE_TEST_SUITE_P(Stores,
                         ChatServiceContract,
                         testing::ValuesIn(test::store_adapters()),
                         [](const auto& store) { return store.param.name; });

}  // namespace
}  // namespace parlance::chat
