#include "signaling/protocol/chat_json.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "signaling/protocol/envelope.h"
#include "signaling/protocol/schema_registry.h"

namespace parlance::signaling {
namespace {

using Json = nlohmann::json;

template <typename T>
T id(std::string_view text) {
  return T::parse(text).value();
}

const auto kUser = id<chat::UserId>("0191c1a6-7b5d-7c61-9b5e-000000000001");
const auto kConversation = id<chat::ConversationId>("0191c1a6-7b5d-7c61-9b5e-000000000002");
const auto kMessage = id<chat::MessageId>("0191c1a6-7b5d-7c61-9b5e-000000000003");

const chat::Member kMember{kUser, "Ada", chat::Role::kOwner, 5, 1};
const chat::Message kText{kMessage, kConversation, 8, 9, kUser, "hi \"there\"\n", 77};
const chat::Conversation kRoom{
    kConversation, chat::ConversationKind::kGroup, {.title = "Room"}, "abc_DEF-1", 5, 8, 9};

class ChatJson : public testing::Test {
 protected:
  void expect_fits(std::string_view schema, const Json& value) {
    for (const Violation& violation : checker_.check(schema, value)) {
      ADD_FAILURE() << schema << " " << violation.pointer << ": " << violation.detail << "\n"
                    << value;
    }
  }

  SchemaRegistry registry_ = SchemaRegistry::load(embedded_schemas()).value();
  SchemaChecker checker_{registry_};
};

TEST_F(ChatJson, WritesNounsAsTheSchemasSay) {
  expect_fits("User", to_json(chat::User{kUser, "Ada", true, 5}));
  expect_fits("Member", to_json(kMember));
  expect_fits("Conversation", to_json(kRoom));
  expect_fits("Message", to_json(kText));
}

TEST_F(ChatJson, SaysWhetherAUserIsAGuest) {
  for (const bool guest : {true, false}) {
    const Json user = user_json({kUser, {}, "Ada", guest});
    expect_fits("User", user);
    EXPECT_EQ(user["guest"], guest);
    EXPECT_EQ(to_json(chat::User{kUser, "Ada", guest, 5}), user);
  }
}

TEST_F(ChatJson, WritesAnswersAsTheSchemasSay) {
  expect_fits("conversation.create.reply", to_json(chat::ConversationView{kRoom, {kMember}}));
  expect_fits("conversation.list.reply", to_json(chat::ChatService::ConversationList{{kRoom}, 3}));
  expect_fits("message.send.reply", to_json(chat::Sent{kText, true}));
  expect_fits("message.history.reply", to_json(chat::HistoryPage{{kText}, true}));
  const chat::ConversationEvent created{
      kConversation, 9, 77, chat::ConversationEvent::MessageCreated{kText}};
  expect_fits("sync.reply",
              to_json(chat::SyncPage{{created}, {{kConversation, 9}}, 3, {kConversation}, false}));
  expect_fits("sync.reply", to_json(chat::SyncPage{}));
}

// The largest answers of the chat's limits, with texts that JSON has to escape.
TEST_F(ChatJson, KeepsTheLargestAnswersWithinAFrame) {
  constexpr auto kLargest = std::numeric_limits<std::int32_t>::max();
  constexpr UnixMillis kAt = 1'800'000'000'000;
  const chat::Member member{
      kUser, std::string(chat::kMaxNameBytes, '"'), chat::Role::kModerator, kAt, kLargest};
  const chat::Conversation room{kConversation,
                                chat::ConversationKind::kChannel,
                                {.title = std::string(chat::kMaxTitleBytes, '"'),
                                 .may_post = chat::Role::kModerator,
                                 .may_call = chat::Role::kModerator},
                                std::string(22, 'x'),
                                kAt,
                                kLargest,
                                kLargest};
  const chat::Message text{kMessage,
                           kConversation,
                           kLargest,
                           kLargest,
                           kUser,
                           std::string(chat::kMaxPageBytes / chat::kMaxPage, '"'),
                           kAt};
  const chat::ConversationEvent created{
      kConversation, kLargest, kAt, chat::ConversationEvent::MessageCreated{text}};
  chat::ConversationView view{room, {}};
  view.members.assign(chat::kMaxMembers, member);
  Json with_live = to_json(view);
  with_live["online"] = std::vector<std::string>(chat::kMaxMembers, kUser.str());
  chat::SyncPage page;
  page.events.assign(chat::kMaxPage, created);
  page.cursors.assign(chat::kMaxCursors, {kConversation, kLargest});
  chat::HistoryPage history;
  history.messages.assign(chat::kMaxPage, text);
  chat::ChatService::ConversationList list{{}, kLargest};
  list.conversations.assign(chat::kMaxConversations, room);
  for (const Json& answer : {with_live, to_json(page), to_json(history), to_json(list)}) {
    EXPECT_LE(write_json(answer).size(), kMaxReplyBytes);
  }
}

TEST_F(ChatJson, WritesEveryDurableEventAsTheSchemasSay) {
  using C = chat::ConversationEvent;
  using U = chat::UserEvent;
  const chat::Event events[] = {C{kConversation, 9, 1, C::MessageCreated{kText}},
                                C{kConversation, 9, 1, C::MemberJoined{kMember}},
                                C{kConversation, 9, 1, C::MemberUpdated{kMember}},
                                C{kConversation, 9, 1, C::MemberLeft{kUser}},
                                C{kConversation, 9, 1, C::ProfileChanged{{.title = "New"}}},
                                U{kUser, 4, 1, U::ConversationAdded{kRoom}},
                                U{kUser, 4, 1, U::ConversationRemoved{kConversation}},
                                U{kUser, 4, 1, U::ProfileChanged{"Eve"}}};
  for (const chat::Event& event : events) {
    const Json json = to_json(event);
    expect_fits("ServerEvent", json);
    expect_fits(json["ev"].get<std::string>() + ".event", json["d"]);
    EXPECT_TRUE(json.contains("r"));
    EXPECT_EQ(json.contains("c"), std::holds_alternative<C>(event));
    EXPECT_EQ(json.contains("q"), json["ev"] == "message.created");
  }
}

TEST_F(ChatJson, ASharedEventIsTheObjectWithoutItsOpeningBrace) {
  const EventPtr shared = share(chat::ConversationEvent{
      kConversation, 9, 1, chat::ConversationEvent::ProfileChanged{{.title = "New"}}});
  EXPECT_EQ(shared->event_class, EventClass::kDurable);
  const Json json = Json::parse("{\"s\":4," + shared->tail);
  EXPECT_EQ(json["ev"], "conversation.updated");
  EXPECT_EQ(json["s"], 4);
}

TEST_F(ChatJson, AnEventOfNoConversationHasNoC) {
  const EventPtr event = make_event(EventClass::kReliable, "x.y", std::nullopt, Json::object());
  EXPECT_FALSE(Json::parse("{" + event->tail).contains("c"));
}

TEST_F(ChatJson, EveryErrorOfTheMessengerHasItsCode) {
  EXPECT_EQ(to_problem(chat::ChatError::kNotFound).code, ProblemCode::kNotFound);
  EXPECT_EQ(to_problem(chat::ChatError::kForbidden).code, ProblemCode::kForbidden);
  EXPECT_EQ(to_problem(chat::ChatError::kInvalid).code, ProblemCode::kInvalid);
  EXPECT_EQ(to_problem(chat::ChatError::kUnauthenticated).code, ProblemCode::kAuthInvalid);
  EXPECT_EQ(to_problem(chat::ChatError::kConflict).code, ProblemCode::kConflict);
  EXPECT_EQ(to_problem(chat::ChatError::kUnavailable).code, ProblemCode::kUnavailable);
}

}  // namespace
}  // namespace parlance::signaling
