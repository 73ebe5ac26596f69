// What the chat's tests share: ids by number, a folder that goes away, and waiting for answers.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "chat/service/chat_service.h"

namespace parlance::chat::test {

// A UUIDv7 of a fixed time, different for every number.
Uuid uuid_of(std::uint64_t number);

template <typename TypedId>
TypedId id_of(std::uint64_t number) {
  return TypedId(uuid_of(number));
}

TokenHash token_hash_of(std::uint64_t number);

// A new folder below the system's temporary one, removed with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Runs a task where it was posted.
class InlineExecutor final : public Executor {
 public:
  bool post(Task task) override {
    task();
    return true;
  }
};

// One answer, waited for.
template <typename T>
class Answer {
 public:
  Reply<T> reply() {
    return [this](std::expected<T, ChatError> result) {
      promise_.set_value(std::move(result));
    };
  }

  std::expected<T, ChatError> get() { return promise_.get_future().get(); }

 private:
  std::promise<std::expected<T, ChatError>> promise_;
};

// Keeps the events that a service published, in their order.
class Published {
 public:
  EventSink sink();
  std::vector<Event> all() const;
  std::vector<ConversationEvent> of(ConversationId conversation) const;
  std::vector<UserEvent> of(UserId user) const;

 private:
  mutable std::mutex guard_;
  std::vector<Event> events_;
};

// A service as a test calls it: every question waits for its answer.
class Asker {
 public:
  explicit Asker(ChatService& service) : service_(service) {}

  std::expected<NewGuest, ChatError> create_guest(std::string name);
  std::expected<Identity, ChatError> authenticate(std::string token);
  std::expected<User, ChatError> rename_user(UserId user, std::string name);
  std::expected<ConversationView, ChatError> create_conversation(UserId creator,
                                                                 ConversationId id,
                                                                 std::string title);

  // Any change of requests.h.
  template <typename Change>
  std::expected<typename Change::Answer, ChatError> change(Change request) {
    Answer<typename Change::Answer> answer;
    service_.change(std::move(request), executor_, answer.reply());
    return answer.get();
  }

  std::expected<ConversationView, ChatError> get_conversation(UserId asker, ConversationId id);
  std::expected<ChatService::ConversationList, ChatError> list_conversations(UserId asker);
  std::expected<ConversationView, ChatError> accept_invite(UserId user, std::string code);
  std::expected<void, ChatError> remove_member(UserId asker, ConversationId id, UserId member);
  std::expected<Sent, ChatError> send(UserId sender,
                                      ConversationId conversation,
                                      MessageId cmid,
                                      std::string body);
  std::expected<HistoryPage, ChatError> history(UserId asker, HistoryQuery query);
  std::expected<SyncPage, ChatError> sync(UserId asker, SyncQuery query);

 private:
  ChatService& service_;
  InlineExecutor executor_;
};

}  // namespace parlance::chat::test
