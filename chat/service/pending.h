// Requests on their way to the store and back, with whoever waits for them.
#pragma once

#include <expected>
#include <optional>
#include <utility>

#include "base/executor.h"
#include "chat/service/answers.h"
#include "chat/service/commands.h"
#include "chat/service/group_commit.h"
#include "chat/service/queries.h"

namespace parlance::chat {

// Whoever waits for an answer, and the thread it waits on. An executor that takes nothing more has
// stopped or is drowning; then nobody waits any more and the answer is dropped: the client asks
// again.
template <typename T>
class Waiter {
 public:
  Waiter(Executor& executor, Reply<T> reply) : executor_(&executor), reply_(std::move(reply)) {}

  // Inlined, g++ 12 takes the half of the result that isn't there for uninitialised.
  [[gnu::noinline]] void answer(std::expected<T, ChatError> result) {
    executor_->post([reply = std::move(reply_), result = std::move(result)]() mutable {
      reply(std::move(result));
    });
  }

 private:
  Executor* executor_;
  Reply<T> reply_;
};

// A question that somebody waits for.
class ReadRequest {
 public:
  virtual ~ReadRequest() = default;
  virtual void attempt(Queries& queries) = 0;
  virtual void finish(std::optional<StoreError> error) = 0;
};

// Common to both: keeps the answer until it is known whether it counts.
template <typename T>
class Outcome {
 public:
  explicit Outcome(Waiter<T> waiter) : waiter_(std::move(waiter)) {}

  void set(std::expected<T, ChatError> result) { result_ = std::move(result); }

  void settle(std::optional<StoreError> error) {
    if (error || !result_) {
      waiter_.answer(std::unexpected(ChatError::kUnavailable));
    } else {
      waiter_.answer(std::move(*result_));
    }
  }

 private:
  Waiter<T> waiter_;
  std::optional<std::expected<T, ChatError>> result_;
};

// One of the values of requests.h, and its waiter.
template <typename Command, typename T>
class PendingWrite final : public WriteRequest {
 public:
  PendingWrite(Command command, Waiter<T> waiter)
      : command_(std::move(command)), outcome_(std::move(waiter)) {}

  void announce(Footprint& footprint) const override { chat::announce(command_, footprint); }

  void attempt(Commands& commands) override { outcome_.set(commands.run(command_)); }

  void finish(std::optional<StoreError> error) override { outcome_.settle(error); }

 private:
  Command command_;
  Outcome<T> outcome_;
};

// A call of Queries, and its waiter.
template <typename Question, typename T>
class PendingRead final : public ReadRequest {
 public:
  PendingRead(Question question, Waiter<T> waiter)
      : question_(std::move(question)), outcome_(std::move(waiter)) {}

  void attempt(Queries& queries) override { outcome_.set(question_(queries)); }

  void finish(std::optional<StoreError> error) override { outcome_.settle(error); }

 private:
  Question question_;
  Outcome<T> outcome_;
};

}  // namespace parlance::chat
