#include "sfu/worker/shard_runner.h"

#include <optional>
#include <utility>

#include "base/check.h"
#include "sfu/worker/clock.h"

namespace parlance::sfu {

ShardRunner::ShardRunner(ShardSockets sockets, ShardConfig config, BugLog bug_log)
    : index_(config.index),
      port_(sockets.port),
      sockets_(std::move(sockets.sockets)),
      pipes_(config.pipes),
      bug_log_(std::move(bug_log)),
      shard_(std::move(config)) {
  outbox_.set_relief(this);
  tick(monotonic_now());
}

ShardRunner::~ShardRunner() {
  stop();
}

void ShardRunner::request(ShardCommand command) {
  if (queued_.load(std::memory_order_relaxed) >= kMaxQueuedRequests) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    command.run(nullptr, MediaError::kOverloaded);
    return;
  }
  post(std::move(command));
}

void ShardRunner::tell(ShardCommand command) {
  post(std::move(command));
}

void ShardRunner::post(ShardCommand command) {
  queued_.fetch_add(1, std::memory_order_relaxed);
  switch (commands_.post(std::move(command))) {
    case Mailbox<ShardCommand>::Posted::kFull:
      queued_.fetch_sub(1, std::memory_order_relaxed);
      refused_.fetch_add(1, std::memory_order_relaxed);
      // A refused post takes nothing from its argument.
      command.run(nullptr, MediaError::kOverloaded);  // NOLINT(bugprone-use-after-move)
      return;
    case Mailbox<ShardCommand>::Posted::kWakeUp:
      wake_.signal();
      return;
    case Mailbox<ShardCommand>::Posted::kQueued:
      return;
  }
}

template <typename Work>
void ShardRunner::guarded(RouterId router, Work&& work) {
  try {
    work();
  } catch (const Bug& bug) {
    on_bug(bug);
    // Whoever has no router to blame was guarded inside the shard already.
    if (!router.is_nil()) {
      give_up(router);
    }
  }
}

void ShardRunner::on_bug(const Bug& bug) {
  ++counters_.bugs;
  if (bug_log_) {
    bug_log_(bug.what());
  }
}

void ShardRunner::give_up(RouterId router) {
  try {
    remove_router(router);
    shard_.close_router(monotonic_now(), router, outbox_);
  } catch (const Bug& bug) {
    on_bug(bug);
  }
}

bool ShardRunner::receive(SocketId socket, int fd) {
  const auto batch = receive_batch_.receive(ends_, socket, fd, shard_.packets());
  counters_.datagrams_too_long += batch.too_long;
  counters_.no_packet_slot += batch.no_slot;
  if (fd == sockets_[socket].fd()) {  // reports can wait
    watch_load(socket, batch.more);
  }
  if (batch.datagrams.empty()) {
    return batch.more;
  }
  const Timestamp now = monotonic_now();
  for (auto left = batch.datagrams; !left.empty();) {
    std::size_t taken = left.size();
    guarded({}, [&] { taken = shard_.on_datagrams(now, left, outbox_); });
    left = left.subspan(taken);
    flush();
    // A batch may take long where many consume; whoever asks for something does not wait for its
    // end.
    if (queued_.load(std::memory_order_relaxed) > 0) {
      run_commands();
    }
  }
  publish_pipes();
  deliver_events();
  return batch.more;
}

void ShardRunner::watch_load(SocketId socket, bool more) {
  if (!more && overloaded_by_ == socket) {
    overloaded_by_.reset();
    shard_.set_overloaded(false);
  } else if (more && !overloaded_by_ && sockets_[socket].fullness() >= kOverloadedAt) {
    overloaded_by_ = socket;
    shard_.set_overloaded(true);
  }
}

void ShardRunner::on_wake_up() {
  // Before taking: whoever has something from here on wakes us again.
  wake_.clear();
  run_commands();
  run_pipes();
}

void ShardRunner::run_commands() {
  commands_.acknowledge_wake_up();
  const Timestamp now = monotonic_now();
  ShardAccess access{.runner = *this, .shard = shard_, .now = now, .outbox = outbox_};
  for (std::size_t i = 0; i < kCommandsPerTurn; ++i) {
    auto command = commands_.take();
    if (!command) {
      return;
    }
    queued_.fetch_sub(1, std::memory_order_relaxed);
    guarded(command->router, [&] { command->run(&access, MediaError::kStopped); });
    settle();
  }
  wake_.signal();  // there may be more
}

void ShardRunner::run_pipes() {
  for (Pipe* const pipe : pipes_.from) {
    if (pipe != nullptr) {
      pipe->acknowledge_wake_up();
    }
  }
  const Timestamp now = monotonic_now();
  bool more = true;
  for (int turn = 0; more && turn < kPipeTurns; ++turn) {
    more = false;
    guarded({}, [&] { more = shard_.on_pipes(now, outbox_); });
    flush();
  }
  publish_pipes();
  deliver_events();
  if (more) {
    wake_.signal();
  }
}

void ShardRunner::publish_pipes() {
  for (std::size_t i = 0; i < pipes_.to.size(); ++i) {
    if (pipes_.to[i] != nullptr && pipes_.to[i]->publish()) {
      all_[i]->wake_.signal();
    }
  }
}

void ShardRunner::run_timers(Timestamp now) {
  guarded({}, [&] { shard_.on_timeout(now, outbox_); });
  settle();
}

void ShardRunner::tick(Timestamp now) {
  shard_.set_wall_clock(now, unix_now_us());
  for (const std::string& report : shard_.take_bug_reports()) {
    if (bug_log_) {
      bug_log_(report);
    }
  }
  counters_.outbox_full = outbox_.refused();
  counters_.commands_refused = refused_.load(std::memory_order_relaxed);
  board_.publish_totals(now, std::exchange(busy_, Duration(0)), shard_.counters(), counters_);
}

void ShardRunner::add_router(RouterId id, Executor& executor, MediaEventSink sink) {
  routers_.insert_or_assign(
      id, EventTarget{&executor, std::make_shared<MediaEventSink>(std::move(sink))});
}

void ShardRunner::stop() {
  while (auto command = commands_.take()) {
    command->run(nullptr, MediaError::kStopped);
  }
}

void ShardRunner::settle() {
  flush();
  publish_pipes();
  deliver_events();
  board_.publish_sizes(shard_.counters());
}

void ShardRunner::flush() {
  const auto sent = send_batch_.flush(outbox_, ends_);
  counters_.send_buffer_full += sent.buffer_full;
  counters_.send_errors += sent.errors;
  counters_.trains_refused += sent.trains_refused;
}

void ShardRunner::deliver_events() {
  for (MediaEvent& event : shard_.take_events()) {
    const auto target = routers_.find(event.router);
    if (target == routers_.end()) {
      continue;
    }
    const bool posted = target->second.executor->post(
        [sink = target->second.sink, event = std::move(event)]() mutable {
          (*sink)(std::move(event));
        });
    counters_.events_lost += posted ? 0 : 1;
  }
}

}  // namespace parlance::sfu
