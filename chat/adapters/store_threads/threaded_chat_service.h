// The messenger on its store threads: one that writes, several that read.
#pragma once

#include <atomic>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "chat/adapters/store_threads/gate.h"
#include "chat/adapters/store_threads/store_thread.h"
#include "chat/ports/store.h"
#include "chat/service/chat_service.h"
#include "chat/service/group_commit.h"
#include "chat/service/pending.h"

namespace parlance::chat {

// What waits for a store thread at most; above it the answer is kUnavailable. Powers of two.
inline constexpr std::size_t kMaxQueuedWrites = 8'192;
inline constexpr std::size_t kMaxQueuedReads = 4'096;  // per reader
// Requests in one commit: enough to share a sync of the disk, few enough that none of them waits
// long.
inline constexpr std::size_t kMaxCommitBatch = 256;

using Report = std::function<void(std::string)>;

// Tells the operator once when the store begins to fail, and once when it works again. For one
// thread.
class StoreHealth {
 public:
  StoreHealth(std::string what, Report report)
      : what_(std::move(what)), report_(std::move(report)) {}

  void worked();
  void failed(const std::string& why);

  void refused(const std::string& why) { report_(what_ + ": a request was refused: " + why); }

 private:
  std::string what_;
  Report report_;
  bool failing_ = false;
};

// The ChatService of a process, over any store. The store lives as long as it.
class ThreadedChatService final : public ChatService {
 public:
  // Opens the sessions on the caller's thread, so that what is wrong with the store shows here.
  static std::expected<std::unique_ptr<ThreadedChatService>, std::string> start(
      std::unique_ptr<Store> store, std::size_t readers, EventSink sink, const Report& report);

  ~ThreadedChatService() override;

  void create_guest(std::string name, Executor& reply_on, Reply<NewGuest> reply) override;
  void authenticate(std::string token, Executor& reply_on, Reply<Identity> reply) override;
  void rename_user(UserId user, std::string name, Executor& reply_on, Reply<User> reply) override;
  void create_conversation(UserId creator,
                           ConversationId id,
                           NewConversation what,
                           Executor& reply_on,
                           Reply<ConversationView> reply) override;
  void get_conversation(UserId asker,
                        ConversationId id,
                        Executor& reply_on,
                        Reply<ConversationView> reply) override;
  void list_conversations(UserId asker, Executor& reply_on, Reply<ConversationList> reply) override;
  void accept_invite(UserId user,
                     std::string code,
                     Executor& reply_on,
                     Reply<ConversationView> reply) override;
  void remove_member(UserId asker,
                     ConversationId id,
                     UserId member,
                     Executor& reply_on,
                     Reply<void> reply) override;
  void send_message(UserId sender,
                    ConversationId conversation,
                    MessageId cmid,
                    std::string body,
                    Executor& reply_on,
                    Reply<Sent> reply) override;
  void history(UserId asker,
               HistoryQuery query,
               Executor& reply_on,
               Reply<HistoryPage> reply) override;
  void sync(UserId asker, SyncQuery query, Executor& reply_on, Reply<SyncPage> reply) override;
  void enqueue(std::unique_ptr<WriteRequest> request) override;
  void enqueue(std::unique_ptr<ReadRequest> request) override;
  void stop() override;

 private:
  // The writer's session and the logic on it; used by its thread alone.
  struct Writer {
    Writer(std::unique_ptr<WriteSession> session_in, EventSink sink, Report report)
        : session(std::move(session_in)),
          group_commit(*session, std::move(sink)),
          health("store writer", std::move(report)) {}

    void work(StoreThread<WriteRequest>::Batch batch);

    std::unique_ptr<WriteSession> session;
    GroupCommit group_commit;
    StoreHealth health;
  };

  struct Reader {
    Reader(std::unique_ptr<ReadSession> session_in, Report report)
        : session(std::move(session_in)), health("store reader", std::move(report)) {}

    void work(StoreThread<ReadRequest>::Batch batch);
    void answer(ReadRequest& request);

    std::unique_ptr<ReadSession> session;
    StoreHealth health;
  };

  ThreadedChatService() = default;

  template <typename Command, typename T>
  void write(Command command, Waiter<T> waiter);
  template <typename T, typename Question>
  void read(Waiter<T> waiter, Question question);

  std::unique_ptr<Store> store_;
  Gate gate_;
  std::unique_ptr<Writer> writer_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::atomic<std::size_t> next_reader_{0};
  std::unique_ptr<StoreThread<WriteRequest>> writer_thread_;
  std::vector<std::unique_ptr<StoreThread<ReadRequest>>> reader_threads_;
};

}  // namespace parlance::chat
