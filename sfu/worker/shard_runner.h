// One shard with its sockets and its mailbox: what moves between worker threads as a whole.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/check.h"
#include "base/executor.h"
#include "base/mailbox.h"
#include "base/time.h"
#include "sfu/api/media_engine.h"
#include "sfu/packet/outbox.h"
#include "sfu/transport/shard.h"
#include "sfu/worker/descriptors.h"
#include "sfu/worker/local_ends.h"
#include "sfu/worker/receive_batch.h"
#include "sfu/worker/send_batch.h"
#include "sfu/worker/shard_load.h"
#include "sfu/worker/shard_sockets.h"

namespace parlance::sfu {

class ShardRunner;

// What a command may use while it runs on the shard's thread.
struct ShardAccess {
  ShardRunner& runner;
  Shard& shard;
  Timestamp now;
  Outbox& outbox;
};

// Something to be done for one router. Called exactly once: with access on the shard's thread, or
// without and with the reason why it can't be done, on any thread.
struct ShardCommand {
  RouterId router;
  std::move_only_function<void(ShardAccess*, MediaError)> run;
};

// Told of every failed CHECK, on the thread where it failed.
using BugLog = std::function<void(std::string_view)>;

// Everything but request(), tell() and board() is for the thread that owns the runner at the
// time.
class ShardRunner : private OutboxRelief {
 public:
  // A shard that lets this many commands pile up is stuck. The upper half is kept for those without
  // a reply, which close things and must not be refused.
  static constexpr std::size_t kMailboxCapacity = 16'384;
  static constexpr std::size_t kMaxQueuedRequests = kMailboxCapacity / 2;

  // A buffer of a socket so full means that the shard can't keep up; when a batch takes all that
  // waits, it can again.
  static constexpr double kOverloadedAt = 0.25;

  // Commands carried out between two looks at the sockets.
  static constexpr std::size_t kCommandsPerTurn = 256;

  // Turns of kPipeMessagesPerTurn for each pipe between two looks at the sockets.
  static constexpr int kPipeTurns = 16;

  ShardRunner(ShardSockets sockets, ShardConfig config, BugLog bug_log);
  ~ShardRunner() override;
  ShardRunner(const ShardRunner&) = delete;
  ShardRunner& operator=(const ShardRunner&) = delete;

  // Any thread. Answers kOverloaded on the spot where the mailbox is too full.
  void request(ShardCommand command);

  // Any thread, for commands without a reply.
  void tell(ShardCommand command);

  // Any thread.
  const ShardLoadBoard& board() const { return board_; }

  unsigned index() const { return index_; }

  std::uint16_t port() const { return port_; }

  std::span<const UdpSocket> sockets() const { return sockets_; }

  int wake_fd() const { return wake_.fd(); }

  // Reads one batch from a descriptor of the socket, handles it and sends what came of it. True
  // where there may be more.
  bool receive(SocketId socket, int fd);

  // Carries out what is in the mailbox and takes what has come from other shards.
  void on_wake_up();

  // The runners of all shards, by their index, to be woken for what goes to them. Before any runs.
  void connect(std::span<const std::unique_ptr<ShardRunner>> all) { all_ = all; }

  Timestamp next_timeout() const { return shard_.next_timeout(); }

  void run_timers(Timestamp now);

  // Tells the shard the wall time and everybody its load. Due every second.
  void tick(Timestamp now);

  // Time spent on this shard since the last tick.
  void add_busy(Duration busy) { busy_ += busy; }

  // For commands: where a router's events go from now on.
  void add_router(RouterId id, Executor& executor, MediaEventSink sink);

  void remove_router(RouterId id) { routers_.erase(id); }

  // No thread runs the shard any more: answers all that is left with kStopped.
  void stop();

 private:
  struct EventTarget {
    Executor* executor;
    std::shared_ptr<MediaEventSink> sink;  // shared with events under way to the executor
  };

  // Runs `work`; a failed CHECK in it costs the router, not the process.
  template <typename Work>
  void guarded(RouterId router, Work&& work);

  void on_bug(const Bug& bug);
  void give_up(RouterId router);
  void post(ShardCommand command);
  void watch_load(SocketId socket, bool more);
  // These leave the wake-up as it is: it may stand for the other.
  void run_commands();
  void run_pipes();

  void settle();
  void flush();

  void relieve(Outbox&) override { flush(); }

  void publish_pipes();
  void deliver_events();

  const unsigned index_;
  const std::uint16_t port_;
  std::vector<UdpSocket> sockets_;
  LocalEnds ends_{sockets_};
  WakeUp wake_;
  const ShardPipes pipes_;
  std::span<const std::unique_ptr<ShardRunner>> all_;
  BugLog bug_log_;
  std::atomic<std::size_t> queued_{0};
  std::atomic<std::uint64_t> refused_{0};
  Mailbox<ShardCommand> commands_{kMailboxCapacity};
  ShardLoadBoard board_;

  Shard shard_;
  Outbox outbox_;
  ReceiveBatch receive_batch_;  // after the shard: its slots go back to the shard's pool
  SendBatch send_batch_;
  ShellCounters counters_;
  std::optional<SocketId> overloaded_by_;
  Duration busy_{0};
  std::unordered_map<RouterId, EventTarget> routers_;
};

}  // namespace parlance::sfu
