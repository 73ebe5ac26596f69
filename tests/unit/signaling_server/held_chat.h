// The messenger, whose lists of conversations come when the test wants: a session that starts waits
// for one, and things happen meanwhile.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "chat/service/chat_service.h"

namespace parlance::signaling::test {

class HeldChat final : public chat::ChatService {
 public:
  enum class Hold : std::uint8_t { kNothing, kRequests, kAnswers };

  explicit HeldChat(chat::ChatService& real) : real_(real) {}

  // Requests: the list is of the time of release(). Answers: it is of the time of the request.
  void hold(Hold what) {
    const std::lock_guard lock(mutex_);
    hold_ = what;
  }

  // Until so many are held.
  void wait_for_held(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_.size() >= count; });
  }

  // Lets what is held go on, and holds nothing from here on.
  void release() {
    std::vector<std::move_only_function<void()>> held;
    {
      const std::lock_guard lock(mutex_);
      hold_ = Hold::kNothing;
      held.swap(held_);
    }
    for (auto& go_on : held) {
      go_on();
    }
  }

  void list_conversations(chat::UserId asker,
                          Executor& reply_on,
                          chat::Reply<ConversationList> reply) override {
    if (held_back(Hold::kRequests)) {
      return keep([this, asker, &reply_on, answer = std::move(reply)]() mutable {
        real_.list_conversations(asker, reply_on, std::move(answer));
      });
    }
    real_.list_conversations(
        asker, reply_on, [this, &reply_on, answer = std::move(reply)](auto list) mutable {
          if (!held_back(Hold::kAnswers)) {
            return answer(std::move(list));
          }
          keep([&reply_on, run = std::move(answer), result = std::move(list)]() mutable {
            reply_on.post([go = std::move(run), value = std::move(result)]() mutable {
              go(std::move(value));
            });
          });
        });
  }

  void create_guest(std::string name,
                    Executor& reply_on,
                    chat::Reply<chat::NewGuest> reply) override {
    real_.create_guest(std::move(name), reply_on, std::move(reply));
  }

  void authenticate(std::string token,
                    Executor& reply_on,
                    chat::Reply<chat::Identity> reply) override {
    real_.authenticate(std::move(token), reply_on, std::move(reply));
  }

  void rename_user(chat::UserId user,
                   std::string name,
                   Executor& reply_on,
                   chat::Reply<chat::User> reply) override {
    real_.rename_user(user, std::move(name), reply_on, std::move(reply));
  }

  void create_conversation(chat::UserId creator,
                           chat::ConversationId id,
                           chat::NewConversation what,
                           Executor& reply_on,
                           chat::Reply<chat::ConversationView> reply) override {
    real_.create_conversation(creator, id, std::move(what), reply_on, std::move(reply));
  }

  void get_conversation(chat::UserId asker,
                        chat::ConversationId id,
                        Executor& reply_on,
                        chat::Reply<chat::ConversationView> reply) override {
    real_.get_conversation(asker, id, reply_on, std::move(reply));
  }

  void accept_invite(chat::UserId user,
                     std::string code,
                     Executor& reply_on,
                     chat::Reply<chat::ConversationView> reply) override {
    real_.accept_invite(user, std::move(code), reply_on, std::move(reply));
  }

  void remove_member(chat::UserId asker,
                     chat::ConversationId id,
                     chat::UserId member,
                     Executor& reply_on,
                     chat::Reply<void> reply) override {
    real_.remove_member(asker, id, member, reply_on, std::move(reply));
  }

  void send_message(chat::UserId sender,
                    chat::ConversationId conversation,
                    chat::MessageId cmid,
                    std::string body,
                    Executor& reply_on,
                    chat::Reply<chat::Sent> reply) override {
    real_.send_message(sender, conversation, cmid, std::move(body), reply_on, std::move(reply));
  }

  void history(chat::UserId asker,
               chat::HistoryQuery query,
               Executor& reply_on,
               chat::Reply<chat::HistoryPage> reply) override {
    real_.history(asker, query, reply_on, std::move(reply));
  }

  void sync(chat::UserId asker,
            chat::SyncQuery query,
            Executor& reply_on,
            chat::Reply<chat::SyncPage> reply) override {
    real_.sync(asker, std::move(query), reply_on, std::move(reply));
  }

  void enqueue(std::unique_ptr<chat::WriteRequest> request) override {
    real_.enqueue(std::move(request));
  }

  void enqueue(std::unique_ptr<chat::ReadRequest> request) override {
    real_.enqueue(std::move(request));
  }

  void stop() override { real_.stop(); }

 private:
  bool held_back(Hold what) {
    const std::lock_guard lock(mutex_);
    return hold_ == what;
  }

  void keep(std::move_only_function<void()> go_on) {
    const std::lock_guard lock(mutex_);
    held_.push_back(std::move(go_on));
    changed_.notify_all();
  }

  chat::ChatService& real_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Hold hold_ = Hold::kNothing;
  std::vector<std::move_only_function<void()>> held_;
};

}  // namespace parlance::signaling::test
