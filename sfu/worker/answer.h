// A reply that is given exactly once, whatever happens to the command that carries it.
#pragma once

#include <expected>
#include <utility>

#include "base/executor.h"
#include "sfu/api/media_engine.h"

namespace parlance::sfu {

// Posted to the asker's executor. One that is destroyed without having answered says kStopped.
template <typename T>
class Answer {
 public:
  Answer(Executor& reply_on, MediaReply<T> reply)
      : reply_on_(&reply_on), reply_(std::move(reply)) {}

  Answer(Answer&& other) noexcept
      : reply_on_(std::exchange(other.reply_on_, nullptr)), reply_(std::move(other.reply_)) {}

  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  Answer& operator=(Answer&&) = delete;

  ~Answer() { (*this)(std::unexpected(MediaError::kStopped)); }

  void operator()(std::expected<T, MediaError> result) {
    if (Executor* const reply_on = std::exchange(reply_on_, nullptr)) {
      // Where the executor takes no more its thread has ended, and nobody waits.
      (void)reply_on->post([reply = std::move(reply_), result = std::move(result)]() mutable {
        reply(std::move(result));
      });
    }
  }

 private:
  Executor* reply_on_;
  MediaReply<T> reply_;
};

}  // namespace parlance::sfu
