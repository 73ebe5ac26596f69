#include "tests/support/chat/fixtures.h"

#include <cstdlib>
#include <stdexcept>
#include <variant>

namespace parlance::chat::test {

namespace {

constexpr UnixMillis kSomeTime = 1'800'000'000'000;

}  // namespace

Uuid uuid_of(std::uint64_t number) {
  std::array<std::uint8_t, 10> random{};
  for (std::size_t i = 0; i < 8; ++i) {
    random[9 - i] = static_cast<std::uint8_t>(number >> (8U * i) & 0xFFU);
  }
  return Uuid::v7(kSomeTime, random);
}

TokenHash token_hash_of(std::uint64_t number) {
  TokenHash hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) {
    hash[i] = static_cast<std::uint8_t>(number >> (8U * (i % 8)) & 0xFFU);
  }
  return hash;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "parlance-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("no temporary folder");
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

EventSink Published::sink() {
  return [this](const std::shared_ptr<const Event>& event) {
    const std::lock_guard lock(guard_);
    events_.push_back(*event);
  };
}

std::vector<Event> Published::all() const {
  const std::lock_guard lock(guard_);
  return events_;
}

std::vector<ConversationEvent> Published::of(ConversationId conversation) const {
  std::vector<ConversationEvent> found;
  for (const Event& event : all()) {
    const auto* typed = std::get_if<ConversationEvent>(&event);
    if (typed != nullptr && typed->conversation == conversation) {
      found.push_back(*typed);
    }
  }
  return found;
}

std::vector<UserEvent> Published::of(UserId user) const {
  std::vector<UserEvent> found;
  for (const Event& event : all()) {
    const auto* typed = std::get_if<UserEvent>(&event);
    if (typed != nullptr && typed->user == user) {
      found.push_back(*typed);
    }
  }
  return found;
}

std::expected<NewGuest, ChatError> Asker::create_guest(std::string name) {
  Answer<NewGuest> answer;
  service_.create_guest(std::move(name), executor_, answer.reply());
  return answer.get();
}

std::expected<Identity, ChatError> Asker::authenticate(std::string token) {
  Answer<Identity> answer;
  service_.authenticate(std::move(token), executor_, answer.reply());
  return answer.get();
}

std::expected<User, ChatError> Asker::rename_user(UserId user, std::string name) {
  Answer<User> answer;
  service_.rename_user(user, std::move(name), executor_, answer.reply());
  return answer.get();
}

std::expected<ConversationView, ChatError> Asker::create_conversation(UserId creator,
                                                                      ConversationId id,
                                                                      std::string title) {
  Answer<ConversationView> answer;
  service_.create_conversation(creator, id, {.title = std::move(title)}, executor_, answer.reply());
  return answer.get();
}

std::expected<ConversationView, ChatError> Asker::get_conversation(UserId asker,
                                                                   ConversationId id) {
  Answer<ConversationView> answer;
  service_.get_conversation(asker, id, executor_, answer.reply());
  return answer.get();
}

std::expected<ChatService::ConversationList, ChatError> Asker::list_conversations(UserId asker) {
  Answer<ChatService::ConversationList> answer;
  service_.list_conversations(asker, executor_, answer.reply());
  return answer.get();
}

std::expected<ConversationView, ChatError> Asker::accept_invite(UserId user, std::string code) {
  Answer<ConversationView> answer;
  service_.accept_invite(user, std::move(code), executor_, answer.reply());
  return answer.get();
}

std::expected<void, ChatError> Asker::remove_member(UserId asker,
                                                    ConversationId id,
                                                    UserId member) {
  Answer<void> answer;
  service_.remove_member(asker, id, member, executor_, answer.reply());
  return answer.get();
}

std::expected<Sent, ChatError> Asker::send(UserId sender,
                                           ConversationId conversation,
                                           MessageId cmid,
                                           std::string body) {
  Answer<Sent> answer;
  service_.send_message(sender, conversation, cmid, std::move(body), executor_, answer.reply());
  return answer.get();
}

std::expected<HistoryPage, ChatError> Asker::history(UserId asker, HistoryQuery query) {
  Answer<HistoryPage> answer;
  service_.history(asker, query, executor_, answer.reply());
  return answer.get();
}

std::expected<SyncPage, ChatError> Asker::sync(UserId asker, SyncQuery query) {
  Answer<SyncPage> answer;
  service_.sync(asker, std::move(query), executor_, answer.reply());
  return answer.get();
}

}  // namespace parlance::chat::test
