// A running engine, asked from the test's thread, and native clients that talk to it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/executor.h"
#include "sfu/api/media_engine.h"
#include "tests/support/media_client/media_client.h"
#include "tests/support/media_client/rtp_source.h"

namespace parlance::sfu {

// Tasks of media threads, run by the test's thread.
class TestExecutor final : public Executor {
 public:
  bool post(Task task) override {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    return true;
  }

  void run() {
    for (;;) {
      std::optional<Task> task;
      {
        const std::lock_guard lock(mutex_);
        if (tasks_.empty()) {
          return;
        }
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      (*task)();
    }
  }

 private:
  std::mutex mutex_;
  std::deque<Task> tasks_;
};

class EngineTest : public testing::Test {
 protected:
  void start(unsigned workers, unsigned shards, std::vector<std::string> listen = {"127.0.0.1"}) {
    EngineOptions options;
    options.workers = workers;
    options.shards = shards;
    options.listen_addresses = std::move(listen);
    options.spread_at = spread_at;
    auto started = start_media_engine(options);
    ASSERT_TRUE(started) << started.error();
    engine = std::move(*started);
  }

  // Runs everything that lives on this thread until `done`.
  bool run(const std::function<bool()>& done) {
    return test::run_until(done, [this] {
      executor.run();
      for (test::MediaClient* const client : clients) {
        client->run_once();
      }
    });
  }

  // Asks and waits for the answer. kStopped also where none came in time.
  template <typename T>
  std::expected<T, MediaError> ask(const std::function<void(MediaReply<T>)>& question) {
    std::optional<std::expected<T, MediaError>> answer;
    question([&answer](std::expected<T, MediaError> given) { answer = std::move(given); });
    run([&] { return answer.has_value(); });
    EXPECT_TRUE(answer) << "no answer";
    return answer.value_or(std::unexpected(MediaError::kStopped));
  }

  RouterId create_router() {
    const RouterId id(next_uuid());
    engine->create_router(
        id, executor, [this](const MediaEvent& event) { events.push_back(event); });
    return id;
  }

  std::expected<TransportDescription, MediaError> create_transport(RouterId router,
                                                                   TransportId id) {
    return ask<TransportDescription>([&](MediaReply<TransportDescription> reply) {
      engine->create_transport(router, id, executor, std::move(reply));
    });
  }

  // A client on a transport of its own, connected.
  TransportId connect(RouterId router, test::MediaClient& client) {
    const TransportId id(next_uuid());
    const auto description = create_transport(router, id);
    EXPECT_TRUE(description);
    clients.push_back(&client);
    client.connect(description.value_or(TransportDescription{}));
    const auto connected = ask<void>([&](MediaReply<void> reply) {
      engine->connect_transport(router, id, client.dtls_parameters(), executor, std::move(reply));
    });
    EXPECT_TRUE(connected);
    EXPECT_TRUE(run([&] { return client.connected(); }));
    return id;
  }

  std::expected<void, MediaError> produce(RouterId router,
                                          TransportId transport,
                                          const ProducerOptions& options) {
    return ask<void>([&](MediaReply<void> reply) {
      engine->produce(router, transport, options, executor, std::move(reply));
    });
  }

  std::expected<void, MediaError> consume(RouterId router,
                                          TransportId transport,
                                          const ConsumerOptions& options) {
    return ask<void>([&](MediaReply<void> reply) {
      engine->consume(router, transport, options, executor, std::move(reply));
    });
  }

  std::expected<void, MediaError> set_workers(unsigned count) {
    return ask<void>(
        [&](MediaReply<void> reply) { engine->set_workers(count, executor, std::move(reply)); });
  }

  bool saw_state(TransportId transport, TransportState state) const {
    return std::ranges::any_of(events, [&](const MediaEvent& event) {
      const auto* const changed = std::get_if<MediaEvent::TransportChanged>(&event.what);
      return changed != nullptr && changed->transport == transport && changed->state == state;
    });
  }

  Uuid next_uuid() {
    ++uuids_;
    return Uuid({0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 static_cast<std::uint8_t>(uuids_ >> 8U),
                 static_cast<std::uint8_t>(uuids_)});
  }

  double spread_at = EngineOptions{}.spread_at;
  TestExecutor executor;
  std::vector<MediaEvent> events;
  std::vector<test::MediaClient*> clients;  // run by run()
  std::unique_ptr<MediaEngine> engine;

 private:
  unsigned uuids_ = 0;
};

}  // namespace parlance::sfu
