// What every store promises to the service: chat/ports, on every adapter.
#include <thread>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/store_adapters.h"

namespace parlance::chat {
namespace {

using test::id_of;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr UnixMillis kNow = 1'800'000'000'000;
const auto kAda = id_of<UserId>(1);
const auto kBen = id_of<UserId>(2);
const auto kRoom = id_of<ConversationId>(10);
const auto kHall = id_of<ConversationId>(11);

User user(UserId id, std::string name) {
  return {.id = id, .name = std::move(name), .guest = true, .created_at = kNow};
}

Device device(UserId user, std::uint8_t number) {
  return {.id = id_of<DeviceId>(100U + number),
          .user = user,
          .token_hash = test::token_hash_of(number),
          .created_at = kNow};
}

ConversationRecord record(ConversationId id, std::string code) {
  return {.conversation = {.id = id,
                           .profile = {.title = "Tea"},
                           .invite_code = std::move(code),
                           .created_at = kNow},
          .creator = kAda};
}

ConversationProfile coffee() {
  return {
      .title = "Coffee", .archived = true, .may_post = Role::kModerator, .may_call = Role::kAdmin};
}

Member member(UserId user, std::string name, UnixMillis joined_at = kNow) {
  return {.user = user, .name = std::move(name), .role = Role::kMember, .joined_at = joined_at};
}

Invite invite(std::uint64_t number, std::string code) {
  return {.id = id_of<InviteId>(number),
          .conversation = kRoom,
          .code = std::move(code),
          .creator = kAda,
          .created_at = kNow,
          .expires_at = kNow + 5,
          .max_uses = 7};
}

ConversationEvent message(ConversationId conversation, Number q, Revision r, std::uint64_t cmid) {
  return {.conversation = conversation,
          .r = r,
          .at = kNow + r,
          .what = ConversationEvent::MessageCreated{.message = {.id = id_of<MessageId>(cmid),
                                                                .conversation = conversation,
                                                                .q = q,
                                                                .r = r,
                                                                .sender = kAda,
                                                                .body = "text " + std::to_string(q),
                                                                .at = kNow + r}}};
}

ConversationEvent left(ConversationId conversation, Revision r) {
  return {.conversation = conversation,
          .r = r,
          .at = kNow,
          .what = ConversationEvent::MemberLeft{.user = kBen}};
}

UserEvent renamed(UserId user, Revision r) {
  return {.user = user, .r = r, .at = kNow, .what = UserEvent::ProfileChanged{.name = "Eve"}};
}

class StoreContract : public testing::TestWithParam<test::StoreAdapter> {
 protected:
  void SetUp() override {
    if (const std::string missing = test::missing_store(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    open();
  }

  void open() {
    writer_.reset();
    reader_.reset();
    store_.reset();
    store_ = GetParam().open(folder_);
    ASSERT_NE(store_, nullptr);
    writer_ = std::move(store_->open_writer().value());
    reader_ = std::move(store_->open_reader().value());
  }

  // Every test touches these alone.
  static Footprint everything() {
    return {.conversations = {kRoom, kHall},
            .invite_codes = {},
            .users = {kAda, kBen},
            .renamed = {},
            .messages = {}};
  }

  template <typename Changes>
  std::expected<void, StoreError> write(const Changes& changes) {
    writer_->begin(everything());
    changes(writer_->writes());
    return writer_->commit();
  }

  template <typename Question>
  auto read(const Question& question) {
    reader_->begin();
    auto answer = question(reader_->reads());
    EXPECT_TRUE(reader_->end());
    return answer;
  }

  void add_people_and_rooms() {
    ASSERT_TRUE(write([](const StoreWrites& to) {
      to.directory.add_user(user(kAda, "Ada"), device(kAda, 1));
      to.directory.add_user(user(kBen, "Ben"), device(kBen, 2));
      to.directory.add_conversation(record(kRoom, "room"));
      to.directory.add_conversation(record(kHall, "hall"));
    }));
  }

  // The changes are refused, leave nothing, and the next transaction works.
  template <typename Changes>
  void expect_refused(const Changes& changes) {
    const auto head_before =
        read([](const StoreReads& from) { return from.directory.conversation(kHall); });
    const auto refused = write([&](const StoreWrites& to) {
      to.log.append(left(kHall, 1));
      changes(to);
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), StoreError::kRefused);
    EXPECT_EQ(read([](const StoreReads& from) { return from.directory.conversation(kHall); }),
              head_before);
    EXPECT_TRUE(write([](const StoreWrites& to) { to.directory.rename_user(kBen, "Benno"); }));
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<WriteSession> writer_;
  std::unique_ptr<ReadSession> reader_;
};

TEST_P(StoreContract, GivesBackUsersAndTheirDevices) {
  add_people_and_rooms();
  EXPECT_EQ(read([](const StoreReads& from) { return from.directory.user(kAda); }),
            (UserHead{.user = user(kAda, "Ada"), .last_r = 0}));
  EXPECT_EQ(
      read([](const StoreReads& from) { return from.directory.device_of(test::token_hash_of(2)); }),
      (Identity{.user = kBen, .device = device(kBen, 2).id, .name = "Ben", .guest = true}));
  EXPECT_FALSE(read([](const StoreReads& from) {
    return from.directory.device_of(test::token_hash_of(3)).has_value();
  }));
}

TEST_P(StoreContract, FindsAConversationByItsIdAndByItsInviteCode) {
  add_people_and_rooms();
  EXPECT_EQ(read([](const StoreReads& from) { return from.directory.conversation(kRoom); }),
            record(kRoom, "room"));
  EXPECT_EQ(
      read([](const StoreReads& from) { return from.directory.conversation_invited_by("hall"); }),
      record(kHall, "hall"));
  EXPECT_FALSE(read([](const StoreReads& from) {
    return from.directory.conversation_invited_by("Hall").has_value();
  }));
}

TEST_P(StoreContract, ListsMembersInTheOrderTheyJoinedByTheirPresentNames) {
  add_people_and_rooms();
  ASSERT_TRUE(write([](const StoreWrites& to) {
    to.memberships.put(kRoom, member(kAda, "", kNow + 5));
    to.memberships.put(kRoom, member(kBen, "", kNow + 1));
    to.directory.rename_user(kAda, "Adele");
  }));
  EXPECT_THAT(read([](const StoreReads& from) { return from.memberships.members(kRoom); }),
              ElementsAre(member(kBen, "Ben", kNow + 1), member(kAda, "Adele", kNow + 5)));
  EXPECT_EQ(read([](const StoreReads& from) { return from.memberships.member(kRoom, kAda); }),
            member(kAda, "Adele", kNow + 5));
}

TEST_P(StoreContract, ReplacesRoleAndVisibilityButNotWhenAMemberJoined) {
  add_people_and_rooms();
  ASSERT_TRUE(write([](const StoreWrites& to) { to.memberships.put(kRoom, member(kBen, "")); }));
  Member again = member(kBen, "Ben", kNow + 99);
  again.role = Role::kAdmin;
  again.visible_from = 7;
  ASSERT_TRUE(write([&](const StoreWrites& to) { to.memberships.put(kRoom, again); }));
  again.joined_at = kNow;
  EXPECT_EQ(read([](const StoreReads& from) { return from.memberships.member(kRoom, kBen); }),
            again);
}

TEST_P(StoreContract, KnowsNoMemberAfterItWasErased) {
  add_people_and_rooms();
  ASSERT_TRUE(write([](const StoreWrites& to) {
    to.memberships.put(kRoom, member(kBen, ""));
    to.memberships.put(kHall, member(kBen, ""));
  }));
  EXPECT_THAT(read([](const StoreReads& from) { return from.memberships.conversations_of(kBen); }),
              ElementsAre(record(kRoom, "room").conversation, record(kHall, "hall").conversation));
  ASSERT_TRUE(write([](const StoreWrites& to) { to.memberships.erase(kRoom, kBen); }));
  EXPECT_FALSE(read(
      [](const StoreReads& from) { return from.memberships.member(kRoom, kBen).has_value(); }));
  EXPECT_THAT(read([](const StoreReads& from) { return from.memberships.conversations_of(kBen); }),
              ElementsAre(record(kHall, "hall").conversation));
}

TEST_P(StoreContract, KnowsWhoMayNotComeBackUntilItIsLifted) {
  add_people_and_rooms();
  ASSERT_TRUE(write([](const StoreWrites& to) {
    to.memberships.set_banned(kRoom, kBen, true);
    to.memberships.set_banned(kRoom, kBen, true);
    to.memberships.set_banned(kRoom, kAda, true);
    to.memberships.set_banned(kHall, kAda, false);
  }));
  const auto banned = [](const StoreReads& from) {
    return from.memberships.banned(kRoom);
  };
  EXPECT_THAT(read(banned), ElementsAre(kAda, kBen));
  EXPECT_TRUE(read([](const StoreReads& from) { return from.memberships.is_banned(kRoom, kBen); }));
  EXPECT_FALSE(
      read([](const StoreReads& from) { return from.memberships.is_banned(kHall, kBen); }));
  ASSERT_TRUE(write([](const StoreWrites& to) { to.memberships.set_banned(kRoom, kBen, false); }));
  EXPECT_THAT(read(banned), ElementsAre(kAda));
  writer_->begin(everything());
  writer_->writes().memberships.set_banned(kRoom, kAda, false);
  EXPECT_FALSE(writer_->reads().memberships.is_banned(kRoom, kAda));
  writer_->rollback();
  EXPECT_THAT(read(banned), ElementsAre(kAda));
}

TEST_P(StoreContract, FindsAnInviteByItsIdItsCodeAndItsConversation) {
  add_people_and_rooms();
  Invite first = invite(1, "one");
  const Invite second = invite(2, "two");
  ASSERT_TRUE(write([&](const StoreWrites& to) {
    to.invites.put(second);
    to.invites.put(first);
    first.uses = 3;
    to.invites.put(first);
  }));
  EXPECT_EQ(read([&](const StoreReads& from) { return from.invites.invite(first.id); }), first);
  EXPECT_EQ(read([](const StoreReads& from) { return from.invites.invite_by_code("two"); }),
            second);
  EXPECT_EQ(read([](const StoreReads& from) { return from.invites.invite_by_code("room"); }),
            std::nullopt)
      << "a conversation's own code is no invite";
  EXPECT_EQ(
      read([](const StoreReads& from) { return from.directory.conversation_invited_by("two"); }),
      std::nullopt);
  EXPECT_THAT(read([](const StoreReads& from) { return from.invites.invites(kRoom); }),
              ElementsAre(first, second));
  ASSERT_TRUE(write([&](const StoreWrites& to) {
    to.invites.erase(first.id);
    to.invites.erase(id_of<InviteId>(77));
  }));
  EXPECT_THAT(read([](const StoreReads& from) { return from.invites.invites(kRoom); }),
              ElementsAre(second));
  EXPECT_EQ(read([](const StoreReads& from) { return from.invites.invite_by_code("one"); }),
            std::nullopt);
}

TEST_P(StoreContract, KeepsInvitesAsTheyWereWhereATransactionIsRolledBack) {
  add_people_and_rooms();
  const Invite kept = invite(1, "one");
  ASSERT_TRUE(write([&](const StoreWrites& to) { to.invites.put(kept); }));
  writer_->begin(everything());
  Invite used = kept;
  used.uses = 9;
  writer_->writes().invites.put(used);
  writer_->writes().invites.erase(kept.id);
  writer_->writes().invites.put(invite(2, "two"));
  EXPECT_EQ(writer_->reads().invites.invite_by_code("one"), std::nullopt);
  writer_->rollback();
  EXPECT_THAT(read([](const StoreReads& from) { return from.invites.invites(kRoom); }),
              ElementsAre(kept));
  EXPECT_EQ(read([](const StoreReads& from) { return from.invites.invite_by_code("one"); }), kept);
}

TEST_P(StoreContract, FindsTheConversationOfAnInviteThatIsAnnouncedByItsCode) {
  add_people_and_rooms();
  ASSERT_TRUE(write([](const StoreWrites& to) { to.invites.put(invite(1, "one")); }));
  writer_->begin({.invite_codes = {"one"}, .users = {kBen}});
  const auto found = writer_->reads().invites.invite_by_code("one");
  ASSERT_TRUE(found);
  EXPECT_EQ(writer_->reads().directory.conversation_invited_by("one"), std::nullopt);
  writer_->writes().log.append(left(found->conversation, 1));
  EXPECT_TRUE(writer_->commit());
}

TEST_P(StoreContract, GivesBackEveryKindOfConversationEventAsItWasAppended) {
  add_people_and_rooms();
  const auto event = [](Revision r, auto what) {
    return ConversationEvent{.conversation = kRoom, .r = r, .at = kNow + r, .what = what};
  };
  Member admin = member(kBen, "Ben");
  admin.role = Role::kAdmin;
  admin.visible_from = 3;
  admin.muted = true;
  const std::vector<ConversationEvent> appended = {
      event(1, ConversationEvent::MemberJoined{.member = member(kAda, "Ada", kNow + 4)}),
      message(kRoom, 1, 2, 50),
      event(3, ConversationEvent::MemberUpdated{.member = admin}),
      event(4, ConversationEvent::MemberLeft{.user = kBen}),
      event(5, ConversationEvent::ProfileChanged{.profile = coffee()}),
      message(kRoom, 2, 6, 51),
  };
  ASSERT_TRUE(write([&](const StoreWrites& to) {
    for (const auto& each : appended) {
      to.log.append(each);
    }
  }));
  EXPECT_EQ(read([](const StoreReads& from) { return from.log.events(kRoom, 0, 100); }), appended);
  const auto head = read([](const StoreReads& from) { return from.directory.conversation(kRoom); });
  EXPECT_EQ(head->conversation.last_r, 6);
  EXPECT_EQ(head->conversation.last_q, 2);
  EXPECT_EQ(head->conversation.profile, coffee());
}

TEST_P(StoreContract, GivesBackEveryKindOfUserEventAsItWasAppended) {
  add_people_and_rooms();
  Conversation as_it_was = record(kRoom, "room").conversation;
  as_it_was.last_q = 4;
  as_it_was.last_r = 9;
  as_it_was.kind = ConversationKind::kChannel;
  as_it_was.profile = coffee();
  const std::vector<UserEvent> appended = {
      {.user = kAda,
       .r = 1,
       .at = kNow,
       .what = UserEvent::ConversationAdded{.conversation = as_it_was}},
      {.user = kAda,
       .r = 2,
       .at = kNow,
       .what = UserEvent::ConversationRemoved{.conversation = kRoom}},
      renamed(kAda, 3),
  };
  ASSERT_TRUE(write([&](const StoreWrites& to) {
    for (const auto& each : appended) {
      to.log.append(each);
    }
  }));
  EXPECT_EQ(read([](const StoreReads& from) { return from.log.user_events(kAda, 0, 100); }),
            appended);
  EXPECT_THAT(read([](const StoreReads& from) { return from.log.user_events(kAda, 1, 1); }),
              ElementsAre(appended[1]));
  EXPECT_EQ(read([](const StoreReads& from) { return from.directory.user(kAda)->last_r; }), 3);
  EXPECT_THAT(read([](const StoreReads& from) { return from.log.user_events(kBen, 0, 100); }),
              IsEmpty());
}

TEST_P(StoreContract, PagesEventsInOrderWithoutAGap) {
  add_people_and_rooms();
  ASSERT_TRUE(write([](const StoreWrites& to) {
    for (Number n = 1; n <= 25; ++n) {
      to.log.append(message(kRoom, n, n, 1'000 + static_cast<std::uint64_t>(n)));
      to.log.append(left(kHall, n));
    }
  }));
  Revision at = 0;
  while (at < 25) {
    const auto page = read([&](const StoreReads& from) { return from.log.events(kRoom, at, 7); });
    ASSERT_FALSE(page.empty());
    for (const auto& event : page) {
      EXPECT_EQ(event, message(kRoom, at + 1, at + 1, 1'000 + static_cast<std::uint64_t>(at + 1)));
      ++at;
    }
  }
  EXPECT_THAT(read([](const StoreReads& from) { return from.log.events(kRoom, 25, 7); }),
              IsEmpty());
}

TEST_P(StoreContract, GivesTheNewestOrTheOldestMessagesOfARange) {
  add_people_and_rooms();
  ASSERT_TRUE(write([](const StoreWrites& to) {
    for (Number n = 1; n <= 10; ++n) {
      to.log.append(message(kRoom, n, n, 1'000 + static_cast<std::uint64_t>(n)));
    }
  }));
  const auto numbers = [&](Number from_q, Number to_q, bool newest, std::size_t limit) {
    std::vector<Number> found;
    for (const auto& each : read([&](const StoreReads& from) {
           return from.log.messages({.conversation = kRoom,
                                     .from_q = from_q,
                                     .to_q = to_q,
                                     .newest = newest,
                                     .limit = limit});
         })) {
      found.push_back(each.q);
    }
    return found;
  };
  constexpr Number kMost = std::numeric_limits<Number>::max();
  EXPECT_THAT(numbers(1, kMost, true, 3), ElementsAre(8, 9, 10));
  EXPECT_THAT(numbers(1, kMost, false, 3), ElementsAre(1, 2, 3));
  EXPECT_THAT(numbers(4, 6, true, 100), ElementsAre(4, 5, 6));
  EXPECT_THAT(numbers(4, 6, false, 2), ElementsAre(4, 5));
  EXPECT_THAT(numbers(7, 6, true, 2), IsEmpty());
  EXPECT_THAT(numbers(11, kMost, false, 2), IsEmpty());
}

TEST_P(StoreContract, FindsAMessageByItsCmidInItsConversationAlone) {
  add_people_and_rooms();
  ASSERT_TRUE(write([](const StoreWrites& to) { to.log.append(message(kRoom, 1, 1, 50)); }));
  const auto created = std::get<ConversationEvent::MessageCreated>(message(kRoom, 1, 1, 50).what);
  EXPECT_EQ(
      read([](const StoreReads& from) { return from.log.message(kRoom, id_of<MessageId>(50)); }),
      created.message);
  EXPECT_FALSE(read([](const StoreReads& from) {
    return from.log.message(kHall, id_of<MessageId>(50)).has_value();
  }));
}

TEST_P(StoreContract, SeesItsOwnWritesBeforeTheyAreCommitted) {
  add_people_and_rooms();
  writer_->begin(everything());
  writer_->writes().log.append(message(kRoom, 1, 1, 50));
  EXPECT_EQ(writer_->reads().directory.conversation(kRoom)->conversation.last_q, 1);
  EXPECT_TRUE(writer_->reads().log.message(kRoom, id_of<MessageId>(50)));
  ASSERT_TRUE(writer_->commit());
}

TEST_P(StoreContract, KeepsNothingOfWhatWasRolledBack) {
  add_people_and_rooms();
  ASSERT_TRUE(write([](const StoreWrites& to) {
    to.memberships.put(kRoom, member(kBen, ""));
    to.log.append(renamed(kBen, 1));
  }));
  const auto look = [&] {
    return read([](const StoreReads& from) {
      return std::tuple(from.directory.user(kAda),
                        from.directory.user(kBen),
                        from.directory.conversation(kRoom),
                        from.memberships.members(kRoom),
                        from.memberships.conversations_of(kAda),
                        from.log.events(kRoom, 0, 100),
                        from.log.user_events(kBen, 0, 100));
    });
  };
  const auto before = look();
  const auto eve = id_of<UserId>(3);
  Footprint footprint = everything();
  footprint.users.push_back(eve);
  writer_->begin(footprint);
  const StoreWrites to = writer_->writes();
  to.directory.add_user(user(eve, "Eve"), device(eve, 3));
  to.directory.add_conversation(record(id_of<ConversationId>(12), "cellar"));
  to.directory.rename_user(kAda, "Adele");
  to.memberships.put(kRoom, member(kAda, ""));
  to.memberships.erase(kRoom, kBen);
  to.log.append(message(kRoom, 1, 1, 50));
  to.log.append({.conversation = kRoom,
                 .r = 2,
                 .at = kNow,
                 .what = ConversationEvent::ProfileChanged{.profile = coffee()}});
  to.log.append(renamed(kBen, 2));
  writer_->rollback();
  EXPECT_EQ(look(), before);
  EXPECT_FALSE(read([&](const StoreReads& from) { return from.directory.user(eve).has_value(); }));
  EXPECT_FALSE(read([](const StoreReads& from) {
    return from.directory.conversation_invited_by("cellar").has_value();
  }));
  EXPECT_TRUE(write([](const StoreWrites& into) { into.log.append(message(kRoom, 1, 1, 50)); }));
}

TEST_P(StoreContract, RefusesARevisionThatIsNotTheNext) {
  add_people_and_rooms();
  expect_refused([](const StoreWrites& to) { to.log.append(left(kRoom, 2)); });
  expect_refused([](const StoreWrites& to) { to.log.append(left(kRoom, 0)); });
  expect_refused([](const StoreWrites& to) { to.log.append(renamed(kAda, 2)); });
}

TEST_P(StoreContract, RefusesAMessageThatIsNotTheNextOrWasThereBefore) {
  add_people_and_rooms();
  ASSERT_TRUE(write([](const StoreWrites& to) { to.log.append(message(kRoom, 1, 1, 50)); }));
  expect_refused([](const StoreWrites& to) { to.log.append(message(kRoom, 3, 2, 51)); });
  expect_refused([](const StoreWrites& to) { to.log.append(message(kRoom, 1, 2, 51)); });
  expect_refused([](const StoreWrites& to) { to.log.append(message(kRoom, 2, 2, 50)); });
}

TEST_P(StoreContract, RefusesIdsTokensAndCodesThatAreTaken) {
  add_people_and_rooms();
  expect_refused(
      [](const StoreWrites& to) { to.directory.add_user(user(kAda, "Other"), device(kAda, 9)); });
  expect_refused(
      [](const StoreWrites& to) { to.directory.add_conversation(record(kRoom, "other")); });
  expect_refused([](const StoreWrites& to) {
    to.directory.add_conversation(record(id_of<ConversationId>(12), "room"));
  });
  ASSERT_TRUE(write([](const StoreWrites& to) { to.invites.put(invite(1, "one")); }));
  expect_refused([](const StoreWrites& to) { to.invites.put(invite(2, "one")); });
}

TEST_P(StoreContract, RefusesWhatBelongsToNothing) {
  add_people_and_rooms();
  const auto nobody = id_of<UserId>(77);
  const auto nowhere = id_of<ConversationId>(78);
  expect_refused([&](const StoreWrites& to) { to.memberships.put(kRoom, member(nobody, "")); });
  expect_refused([&](const StoreWrites& to) { to.memberships.put(nowhere, member(kAda, "")); });
  expect_refused([&](const StoreWrites& to) { to.log.append(left(nowhere, 1)); });
  expect_refused([&](const StoreWrites& to) { to.log.append(renamed(nobody, 1)); });
  expect_refused([&](const StoreWrites& to) { to.directory.rename_user(nobody, "Eve"); });
}

TEST_P(StoreContract, AnswersNothingAfterARefusal) {
  add_people_and_rooms();
  writer_->begin(everything());
  writer_->writes().log.append(left(kRoom, 9));
  EXPECT_FALSE(writer_->reads().directory.user(kAda));
  EXPECT_THAT(writer_->reads().memberships.members(kRoom), IsEmpty());
  EXPECT_FALSE(writer_->commit());
}

TEST_P(StoreContract, ShowsOneStateForAsLongAsASnapshotIsOpen) {
  add_people_and_rooms();
  reader_->begin();
  EXPECT_EQ(reader_->reads().directory.conversation(kRoom)->conversation.last_r, 0);
  const auto append = [&] {
    EXPECT_TRUE(write([](const StoreWrites& to) { to.log.append(left(kRoom, 1)); }));
  };
  std::jthread other;
  if (GetParam().concurrent) {
    append();
  } else {
    other = std::jthread(append);
  }
  EXPECT_EQ(reader_->reads().directory.conversation(kRoom)->conversation.last_r, 0);
  EXPECT_TRUE(reader_->end());
  if (other.joinable()) {
    other.join();
  }
  EXPECT_EQ(read([](const StoreReads& from) {
              return from.directory.conversation(kRoom)->conversation.last_r;
            }),
            1);
}

TEST_P(StoreContract, NeverShowsHalfATransactionToAnotherThread) {
  add_people_and_rooms();
  constexpr Revision kRounds = 200;
  const std::jthread other([&] {
    for (Revision r = 1; r <= kRounds; ++r) {
      EXPECT_TRUE(write([&](const StoreWrites& to) {
        to.log.append(left(kRoom, r));
        to.log.append(left(kHall, r));
      }));
    }
  });
  Revision seen = 0;
  while (seen < kRounds) {
    const auto [room, hall] = read([](const StoreReads& from) {
      const Revision first = from.directory.conversation(kRoom)->conversation.last_r;
      return std::pair(first, from.directory.conversation(kHall)->conversation.last_r);
    });
    ASSERT_EQ(room, hall);
    ASSERT_GE(room, seen);
    seen = room;
  }
}

TEST_P(StoreContract, HasEverythingAfterItWasOpenedAnew) {
  if (!GetParam().durable) {
    GTEST_SKIP() << "forgets by design";
  }
  add_people_and_rooms();
  ASSERT_TRUE(write([](const StoreWrites& to) {
    to.memberships.put(kRoom, member(kBen, ""));
    to.log.append(message(kRoom, 1, 1, 50));
    to.log.append(renamed(kAda, 1));
  }));
  open();
  EXPECT_THAT(read([](const StoreReads& from) { return from.memberships.members(kRoom); }),
              ElementsAre(member(kBen, "Ben")));
  EXPECT_THAT(read([](const StoreReads& from) { return from.log.events(kRoom, 0, 100); }),
              ElementsAre(message(kRoom, 1, 1, 50)));
  EXPECT_THAT(read([](const StoreReads& from) { return from.log.user_events(kAda, 0, 100); }),
              SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(Adapters,
                         StoreContract,
                         testing::ValuesIn(test::store_adapters()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace parlance::chat
