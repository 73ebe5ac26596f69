// Everything the messenger can do, as the signaling threads ask for it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/executor.h"
#include "chat/domain/types.h"
#include "chat/service/answers.h"
#include "chat/service/pending.h"

namespace parlance::chat {

// One per process. Calls are safe from every thread, never block, and answer on `reply_on`. What
// has been answered with success is committed to the store. Each committed change is handed to the
// event sink, in revision order per stream, after its commit and before its answer; the sink is
// called on a store thread. kUnavailable means "not known to be committed": send the same request
// again.
class ChatService {
 public:
  virtual ~ChatService() = default;

  virtual void create_guest(std::string name, Executor& reply_on, Reply<NewGuest> reply) = 0;
  virtual void authenticate(std::string token, Executor& reply_on, Reply<Identity> reply) = 0;
  virtual void rename_user(UserId user,
                           std::string name,
                           Executor& reply_on,
                           Reply<User> reply) = 0;

  // The id is the client's, so that a retry is the same request. The creator becomes its owner.
  // kConflict where the id is taken by a conversation that the asker didn't create or has left.
  virtual void create_conversation(UserId creator,
                                   ConversationId id,
                                   NewConversation what,
                                   Executor& reply_on,
                                   Reply<ConversationView> reply) = 0;
  virtual void get_conversation(UserId asker,
                                ConversationId id,
                                Executor& reply_on,
                                Reply<ConversationView> reply) = 0;

  using ConversationList = chat::ConversationList;

  virtual void list_conversations(UserId asker,
                                  Executor& reply_on,
                                  Reply<ConversationList> reply) = 0;
  // Idempotent: a member who comes again gets the conversation and causes no event.
  virtual void accept_invite(UserId user,
                             std::string code,
                             Executor& reply_on,
                             Reply<ConversationView> reply) = 0;
  // Hosts remove whoever ranks below them; everybody may leave. kNotFound where the member is gone
  // already.
  virtual void remove_member(
      UserId asker, ConversationId id, UserId member, Executor& reply_on, Reply<void> reply) = 0;

  // For as long as the message exists, the same cmid gives the same answer and takes no number;
  // kConflict where somebody else's message of the conversation has that id.
  virtual void send_message(UserId sender,
                            ConversationId conversation,
                            MessageId cmid,
                            std::string body,
                            Executor& reply_on,
                            Reply<Sent> reply) = 0;
  virtual void history(UserId asker,
                       HistoryQuery query,
                       Executor& reply_on,
                       Reply<HistoryPage> reply) = 0;
  virtual void sync(UserId asker, SyncQuery query, Executor& reply_on, Reply<SyncPage> reply) = 0;

  // Any change of requests.h, which also says what it is answered with.
  template <typename Change>
  void change(Change request, Executor& reply_on, Reply<typename Change::Answer> reply) {
    enqueue(std::make_unique<PendingWrite<Change, typename Change::Answer>>(
        std::move(request), Waiter<typename Change::Answer>(reply_on, std::move(reply))));
  }

  // Any question that Queries answers: `question` takes one and gives std::expected<T, ChatError>.
  template <typename T, typename Question>
  void ask(Question question, Executor& reply_on, Reply<T> reply) {
    enqueue(std::make_unique<PendingRead<Question, T>>(std::move(question),
                                                       Waiter<T>(reply_on, std::move(reply))));
  }

  virtual void enqueue(std::unique_ptr<WriteRequest> request) = 0;
  virtual void enqueue(std::unique_ptr<ReadRequest> request) = 0;

  // Answers everything queued, commits, and stops the store threads. Blocks; for the main thread.
  virtual void stop() = 0;
};

}  // namespace parlance::chat
