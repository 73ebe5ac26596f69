#include "chat/adapters/store_threads/threaded_chat_service.h"

#include <chrono>
#include <thread>
#include <utility>

#include "base/check.h"
#include "chat/adapters/store_threads/device_token.h"

namespace parlance::chat {

namespace {

UnixMillis wall_clock() {
  using std::chrono::system_clock;
  const auto since_epoch = system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

Uuid new_uuid() {
  return Uuid::v7(wall_clock(), random_for_uuid());
}

}  // namespace

bool Gate::enter() {
  inside_.fetch_add(1);
  if (closed_.load()) {
    leave();
    return false;
  }
  return true;
}

void Gate::close() {
  closed_.store(true);
  while (inside_.load() != 0) {
    std::this_thread::yield();
  }
}

void StoreHealth::worked() {
  if (failing_) {
    report_(what_ + ": the store works again");
  }
  failing_ = false;
}

void StoreHealth::failed(const std::string& why) {
  if (!failing_) {
    report_(what_ + ": the store fails, requests are refused until it works again: " + why);
  }
  failing_ = true;
}

void ThreadedChatService::Writer::work(StoreThread<WriteRequest>::Batch batch) {
  const CommitCounts before = group_commit.counts();
  group_commit.run(batch, wall_clock());
  const CommitCounts& after = group_commit.counts();
  if (after.unavailable > before.unavailable) {
    health.failed(session->trouble());
  } else if (after.commits > before.commits) {
    health.worked();
  }
  if (after.refused > before.refused) {
    health.refused(session->trouble());
  }
}

void ThreadedChatService::Reader::work(StoreThread<ReadRequest>::Batch batch) {
  for (const auto& request : batch) {
    answer(*request);
  }
}

void ThreadedChatService::Reader::answer(ReadRequest& request) {
  session->begin();
  Queries queries(session->reads());
  try {
    request.attempt(queries);
  } catch (const Bug& bug) {
    static_cast<void>(session->end());
    health.refused(bug.what());
    request.finish(StoreError::kRefused);
    return;
  }
  const auto ended = session->end();
  if (ended) {
    health.worked();
    request.finish(std::nullopt);
  } else {
    health.failed(session->trouble());
    request.finish(ended.error());
  }
}

std::expected<std::unique_ptr<ThreadedChatService>, std::string> ThreadedChatService::start(
    std::unique_ptr<Store> store, std::size_t readers, EventSink sink, const Report& report) {
  std::unique_ptr<ThreadedChatService> service(new ThreadedChatService);
  auto write_session = store->open_writer();
  if (!write_session) {
    return std::unexpected(std::move(write_session.error()));
  }
  service->writer_ = std::make_unique<Writer>(std::move(*write_session), std::move(sink), report);
  for (std::size_t i = 0; i < readers; ++i) {
    auto read_session = store->open_reader();
    if (!read_session) {
      return std::unexpected(std::move(read_session.error()));
    }
    service->readers_.push_back(std::make_unique<Reader>(std::move(*read_session), report));
  }
  service->store_ = std::move(store);
  service->writer_thread_ = std::make_unique<StoreThread<WriteRequest>>(
      "store-writer",
      kMaxQueuedWrites,
      kMaxCommitBatch,
      [writer = service->writer_.get()](auto batch) { writer->work(batch); });
  for (const auto& reader : service->readers_) {
    service->reader_threads_.push_back(std::make_unique<StoreThread<ReadRequest>>(
        "store-reader", kMaxQueuedReads, 1, [reader = reader.get()](auto batch) {
          reader->work(batch);
        }));
  }
  return service;
}

ThreadedChatService::~ThreadedChatService() {
  stop();
  // Sessions go before the store that made them.
  readers_.clear();
  writer_.reset();
}

void ThreadedChatService::stop() {
  gate_.close();
  for (const auto& thread : reader_threads_) {
    thread->stop();
  }
  if (writer_thread_) {
    writer_thread_->stop();
  }
}

void ThreadedChatService::enqueue(std::unique_ptr<WriteRequest> request) {
  bool queued = false;
  if (gate_.enter()) {
    queued = writer_thread_->post(request);
    gate_.leave();
  }
  if (!queued) {
    request->finish(StoreError::kUnavailable);
  }
}

void ThreadedChatService::enqueue(std::unique_ptr<ReadRequest> request) {
  bool queued = false;
  if (gate_.enter()) {
    const std::size_t count = reader_threads_.size();
    const std::size_t first = next_reader_.fetch_add(1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < count && !queued; ++i) {
      queued = reader_threads_[(first + i) % count]->post(request);
    }
    gate_.leave();
  }
  if (!queued) {
    request->finish(StoreError::kUnavailable);
  }
}

template <typename Command, typename T>
void ThreadedChatService::write(Command command, Waiter<T> waiter) {
  enqueue(std::unique_ptr<WriteRequest>(
      std::make_unique<PendingWrite<Command, T>>(std::move(command), std::move(waiter))));
}

template <typename T, typename Question>
void ThreadedChatService::read(Waiter<T> waiter, Question question) {
  enqueue(std::unique_ptr<ReadRequest>(
      std::make_unique<PendingRead<Question, T>>(std::move(question), std::move(waiter))));
}

void ThreadedChatService::create_guest(std::string name,
                                       Executor& reply_on,
                                       Reply<NewGuest> reply) {
  std::string token = new_device_token();
  const auto hash = hash_device_token(token);
  CHECK(hash.has_value());
  CreateGuest command{.user = UserId(new_uuid()),
                      .device = DeviceId(new_uuid()),
                      .token_hash = *hash,
                      .name = std::move(name)};
  auto with_token = [token = std::move(token),
                     reply = std::move(reply)](std::expected<Identity, ChatError> made) mutable {
    if (!made) {
      reply(std::unexpected(made.error()));
    } else {
      reply(NewGuest{.identity = std::move(*made), .token = std::move(token)});
    }
  };
  write(std::move(command), Waiter<Identity>(reply_on, std::move(with_token)));
}

void ThreadedChatService::authenticate(std::string token,
                                       Executor& reply_on,
                                       Reply<Identity> reply) {
  Waiter<Identity> waiter(reply_on, std::move(reply));
  const auto hash = hash_device_token(token);
  if (!hash) {
    waiter.answer(std::unexpected(ChatError::kUnauthenticated));
    return;
  }
  read(std::move(waiter), [hash = *hash](Queries& queries) { return queries.authenticate(hash); });
}

void ThreadedChatService::rename_user(UserId user,
                                      std::string name,
                                      Executor& reply_on,
                                      Reply<User> reply) {
  write(RenameUser{.user = user, .name = std::move(name)},
        Waiter<User>(reply_on, std::move(reply)));
}

void ThreadedChatService::create_conversation(UserId creator,
                                              ConversationId id,
                                              NewConversation what,
                                              Executor& reply_on,
                                              Reply<ConversationView> reply) {
  write(CreateConversation{.creator = creator,
                           .conversation = id,
                           .title = std::move(what.title),
                           .invite_code = new_invite_code(),
                           .kind = what.kind},
        Waiter<ConversationView>(reply_on, std::move(reply)));
}

void ThreadedChatService::get_conversation(UserId asker,
                                           ConversationId id,
                                           Executor& reply_on,
                                           Reply<ConversationView> reply) {
  read(Waiter<ConversationView>(reply_on, std::move(reply)),
       [asker, id](Queries& queries) { return queries.conversation(asker, id); });
}

void ThreadedChatService::list_conversations(UserId asker,
                                             Executor& reply_on,
                                             Reply<ConversationList> reply) {
  read(Waiter<ConversationList>(reply_on, std::move(reply)),
       [asker](Queries& queries) { return queries.conversations(asker); });
}

void ThreadedChatService::accept_invite(UserId user,
                                        std::string code,
                                        Executor& reply_on,
                                        Reply<ConversationView> reply) {
  write(AcceptInvite{.user = user, .code = std::move(code)},
        Waiter<ConversationView>(reply_on, std::move(reply)));
}

void ThreadedChatService::remove_member(
    UserId asker, ConversationId id, UserId member, Executor& reply_on, Reply<void> reply) {
  write(RemoveMember{.asker = asker, .conversation = id, .member = member},
        Waiter<void>(reply_on, std::move(reply)));
}

void ThreadedChatService::send_message(UserId sender,
                                       ConversationId conversation,
                                       MessageId cmid,
                                       std::string body,
                                       Executor& reply_on,
                                       Reply<Sent> reply) {
  write(
      SendMessage{
          .sender = sender, .conversation = conversation, .cmid = cmid, .body = std::move(body)},
      Waiter<Sent>(reply_on, std::move(reply)));
}

void ThreadedChatService::history(UserId asker,
                                  HistoryQuery query,
                                  Executor& reply_on,
                                  Reply<HistoryPage> reply) {
  read(Waiter<HistoryPage>(reply_on, std::move(reply)),
       [asker, query](Queries& queries) { return queries.history(asker, query); });
}

void ThreadedChatService::sync(UserId asker,
                               SyncQuery query,
                               Executor& reply_on,
                               Reply<SyncPage> reply) {
  read(Waiter<SyncPage>(reply_on, std::move(reply)),
       [asker, query = std::move(query)](Queries& queries) { return queries.sync(asker, query); });
}

}  // namespace parlance::chat
