#include "sfu/worker/shard_runner.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include "sfu/secure/crypto.h"
#include "sfu/worker/clock.h"
#include "sfu/worker/socket_address.h"
#include "sfu/worker/udp_socket.h"
#include "tests/support/media/manual_executor.h"

namespace parlance::sfu {
namespace {

RouterId router(std::uint8_t number) {
  std::array<std::uint8_t, 16> bytes{};
  bytes[15] = number;
  return RouterId(Uuid(bytes));
}

// Run by the test's own thread, which is as good as a worker's.
class ShardRunnerTest : public testing::Test {
 protected:
  ShardRunnerTest() {
    EngineOptions options;
    options.shards = 1;
    options.listen_addresses = {"127.0.0.1"};
    auto bound = bind_shards(options);
    runner =
        std::make_unique<ShardRunner>(std::move(bound.value()[0]),
                                      ShardConfig{.index = 0, .candidates = {}, .crypto = *crypto},
                                      [this](std::string_view text) { bugs.emplace_back(text); });
  }

  // A command that notes how it ended: "done", or the error as a number.
  ShardCommand noting(RouterId id) {
    return {
        id, [this](ShardAccess* access, MediaError otherwise) {
          ended.push_back(access != nullptr ? "done" : std::to_string(static_cast<int>(otherwise)));
        }};
  }

  void create(RouterId id) {
    runner->tell({id, [this, id](ShardAccess* access, MediaError) {
                    ASSERT_NE(access, nullptr);
                    ASSERT_TRUE(access->shard.create_router(id));
                    access->runner.add_router(id, executor, [](const MediaEvent&) {});
                  }});
    runner->on_wake_up();
  }

  std::uint64_t counter(const std::string& name) {
    runner->tick(monotonic_now());
    std::map<std::string, std::uint64_t> totals;
    runner->board().add_counters(totals);
    return totals.at(name);
  }

  const std::string kOverloaded = std::to_string(static_cast<int>(MediaError::kOverloaded));
  const std::string kStopped = std::to_string(static_cast<int>(MediaError::kStopped));

  std::unique_ptr<Crypto> crypto = make_crypto();
  test::ManualExecutor executor;
  std::vector<std::string> bugs;
  std::vector<std::string> ended;
  std::unique_ptr<ShardRunner> runner;
};

TEST_F(ShardRunnerTest, CarriesOutCommandsInOrder) {
  std::vector<int> order;
  for (int i = 0; i < 600; ++i) {
    runner->request({router(1), [&order, i](ShardAccess*, MediaError) {
                       order.push_back(i);
                     }});
  }
  // More than a turn holds: the rest waits for the next look at the mailbox.
  runner->on_wake_up();
  EXPECT_EQ(order.size(), ShardRunner::kCommandsPerTurn);
  runner->on_wake_up();
  runner->on_wake_up();
  EXPECT_EQ(order.size(), 600U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST_F(ShardRunnerTest, ABugCostsItsRouterAndNoOther) {
  create(router(1));
  create(router(2));
  runner->request({router(1), [](ShardAccess*, MediaError) {
                     throw Bug("broken assumption");
                   }});
  runner->request(noting(router(2)));
  runner->on_wake_up();
  EXPECT_EQ(bugs, std::vector<std::string>{"broken assumption"});
  EXPECT_EQ(ended, std::vector<std::string>{"done"});
  EXPECT_EQ(counter("bugs"), 1U);
  EXPECT_EQ(runner->board().load(0, 0).routers, 1U);
}

TEST_F(ShardRunnerTest, RefusesRequestsWhenTooManyWaitButNotWhatCloses) {
  for (std::size_t i = 0; i < ShardRunner::kMaxQueuedRequests; ++i) {
    runner->request({router(1), [](ShardAccess*, MediaError) {
                     }});
  }
  runner->request(noting(router(1)));
  EXPECT_EQ(ended, std::vector<std::string>{kOverloaded});
  runner->tell(noting(router(1)));
  while (ended.size() < 2) {
    runner->on_wake_up();
  }
  EXPECT_EQ(ended.back(), "done");
  EXPECT_EQ(counter("commands_refused"), 1U);
  runner->request(noting(router(1)));
  runner->on_wake_up();
  EXPECT_EQ(ended.back(), "done");
}

TEST_F(ShardRunnerTest, AFullMailboxRefusesEverything) {
  for (std::size_t i = 0; i < ShardRunner::kMailboxCapacity; ++i) {
    runner->tell({router(1), [](ShardAccess*, MediaError) {
                  }});
  }
  runner->tell(noting(router(1)));
  EXPECT_EQ(ended, std::vector<std::string>{kOverloaded});
}

TEST_F(ShardRunnerTest, AnswersWhatIsLeftWhenItStops) {
  runner->request(noting(router(1)));
  runner->tell(noting(router(1)));
  runner->stop();
  EXPECT_EQ(ended, (std::vector<std::string>{kStopped, kStopped}));
}

TEST_F(ShardRunnerTest, CountsDatagramsThatMeanNothing) {
  auto sender = UdpSocket::bind(*SocketAddress::parse("127.0.0.1", 0));
  ASSERT_TRUE(sender);
  KernelAddress to{};
  const socklen_t size = to_kernel(runner->sockets()[0].local(), to);
  const std::vector<std::uint8_t> garbage(20, 0xFF);
  ASSERT_GT(sendto(sender->fd(), garbage.data(), garbage.size(), 0, &to.any, size), 0);
  runner->receive(0, runner->sockets()[0].fd());
  EXPECT_EQ(counter("drop_unknown_datagram"), 1U);
  EXPECT_EQ(counter("packets_in"), 1U);
}

TEST_F(ShardRunnerTest, CommandsCarriedOutBetweenDatagramsLeaveTheWakeUpToOthers) {
  const auto sender = UdpSocket::bind(SocketAddress::v4({127, 0, 0, 1}, 0));
  ASSERT_TRUE(sender);
  const UdpSocket& socket = runner->sockets()[0];
  KernelAddress to{};
  const socklen_t size = to_kernel(socket.local(), to);
  const std::array<std::uint8_t, 3> datagram{255, 255, 255};
  ASSERT_EQ(sendto(sender->fd(), datagram.data(), datagram.size(), 0, &to.any, size), 3);
  runner->tell(noting(router(1)));
  runner->receive(0, socket.fd());
  EXPECT_EQ(ended, (std::vector<std::string>{"done"}));
  // It may have been a pipe that woke the shard as well.
  pollfd wake{.fd = runner->wake_fd(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&wake, 1, 0), 1);
  runner->on_wake_up();
  EXPECT_EQ(poll(&wake, 1, 0), 0);
}

}  // namespace
}  // namespace parlance::sfu
