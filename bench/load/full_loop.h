// The thread that full subscribers live on.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/load/full_subscriber.h"
#include "bench/load/nice_link.h"

namespace parlance::load {

class FullLoop {
 public:
  explicit FullLoop(const DtlsContext& dtls);
  ~FullLoop();
  FullLoop(const FullLoop&) = delete;
  FullLoop& operator=(const FullLoop&) = delete;

  // To be used on the loop's thread alone: by run().
  FullSubscriber& add();

  // Runs it on the loop's thread and returns when it is done. From any other thread.
  void run(const std::function<void()>& work);

 private:
  struct Living;

  void live(const std::stop_token& stop);

  const DtlsContext& dtls_;
  std::mutex mutex_;
  std::vector<std::function<void()>> work_;  // under mutex_
  std::unique_ptr<Living> living_;           // on the thread
  std::jthread thread_;
};

}  // namespace parlance::load
