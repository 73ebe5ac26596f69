// How many messages a second the chat's store acknowledges, and how long one waits for it.
//
//   ninja -C build/release bench_chat_store && build/release/bench/bench_chat_store sqlite:FILE
//   build/release/bench/bench_chat_store postgres://USER@HOST/DATABASE
//   build/release/bench/bench_chat_store postgres:
//
// The last one starts a Postgres of its own in the temporary folder, with fsync and
// synchronous_commit on. The file or folder has to be on the disk that you mean to measure. Each
// line keeps that many messages in flight, over 100 conversations, 200 bytes each: one in flight is
// a lonely user, many are a loaded server.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "chat/adapters/store_threads/start_chat_service.h"
#include "tests/support/postgres/private_postgres.h"

namespace parlance::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kConversations = 100;
constexpr std::size_t kBodyBytes = 200;
constexpr int kMessages = 20'000;
constexpr int kMessagesAlone = 2'000;

class InlineExecutor final : public Executor {
 public:
  bool post(Task task) override {
    task();
    return true;
  }
};

Uuid new_uuid() {
  static std::uint64_t count = 0;
  ++count;
  std::array<std::uint8_t, 10> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[9 - i] = static_cast<std::uint8_t>(count >> (8U * i) & 0xFFU);
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return Uuid::v7(std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), bytes);
}

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  std::_Exit(1);  // the threads of the store go on until the end
}

// One user, its conversations, and a number of messages that are kept in flight.
class Load {
 public:
  explicit Load(chat::ChatService& service) : service_(service) {
    std::promise<chat::UserId> made;
    service_.create_guest("Bench", executor_, [&](const auto& guest) {
      made.set_value(guest ? guest->identity.user : chat::UserId());
    });
    user_ = made.get_future().get();
    for (int i = 0; i < kConversations; ++i) {
      const chat::ConversationId id(new_uuid());
      std::promise<bool> ready;
      service_.create_conversation(user_, id, {.title = "Bench"}, executor_, [&](const auto& view) {
        ready.set_value(view.has_value());
      });
      if (!ready.get_future().get()) {
        give_up("the store refuses conversations");
      }
      conversations_.push_back(id);
    }
  }

  void run(int in_flight, int messages) {
    latencies_.assign(static_cast<std::size_t>(messages), {});
    next_ = 0;
    std::latch answered(messages);
    const auto begin = Clock::now();
    for (int i = 0; i < in_flight; ++i) {
      send_next(answered);
    }
    answered.wait();
    const std::chrono::duration<double> took = Clock::now() - begin;
    std::ranges::sort(latencies_);
    const auto at = [&](double part) {
      const auto index = static_cast<std::size_t>(part * static_cast<double>(messages - 1));
      return std::chrono::duration<double, std::milli>(latencies_[index]).count();
    };
    fmt::print("{:>9} {:>11.0f} {:>9.2f} {:>9.2f} {:>9.2f}\n",
               in_flight,
               messages / took.count(),
               at(0.5),
               at(0.99),
               at(1.0));
  }

 private:
  // Each answer, on the writer's thread, sends the next.
  void send_next(std::latch& answered) {
    const std::size_t index = next_.fetch_add(1);
    if (index >= latencies_.size()) {
      return;
    }
    const auto sent_at = Clock::now();
    service_.send_message(user_,
                          conversations_[index % conversations_.size()],
                          chat::MessageId(new_uuid()),
                          std::string(kBodyBytes, 'x'),
                          executor_,
                          [this, index, sent_at, &answered](const auto& sent) {
                            if (!sent) {
                              give_up("the store refuses messages");
                            }
                            latencies_[index] = Clock::now() - sent_at;
                            send_next(answered);
                            answered.count_down();
                          });
  }

  chat::ChatService& service_;
  InlineExecutor executor_;
  chat::UserId user_;
  std::vector<chat::ConversationId> conversations_;
  std::vector<Clock::duration> latencies_;
  std::atomic<std::size_t> next_{0};
};

int run(std::string url) {
  std::unique_ptr<test::PrivatePostgres> own;
  if (url == "postgres:") {
    auto started = test::PrivatePostgres::start({"shared_buffers=512MB"});
    if (!started) {
      give_up(started.error());
    }
    own = std::move(*started);
    url = own->database("parlance");
  }
  auto service = chat::start_chat_service({.url = url}, [](const auto&) {});
  if (!service) {
    give_up(service.error());
  }
  Load load(**service);
  // What follows the scheme may hold a password.
  fmt::print("{}\nin flight  messages/s    p50 ms    p99 ms    max ms\n",
             url.substr(0, url.find(':')));
  load.run(1, kMessagesAlone);
  for (const int in_flight : {8, 64, 512, 4'096}) {
    load.run(in_flight, kMessages);
  }
  return 0;
}

}  // namespace
}  // namespace parlance::bench

int main(int argc, char** argv) {
  return parlance::bench::run(argc > 1 ? argv[1] : "sqlite:bench-data/parlance.db");
}
