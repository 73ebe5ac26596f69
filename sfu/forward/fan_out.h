// What was accepted in this batch and waits to be passed on.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace parlance::sfu {

class Producer;

// A batch's packets go out consumer by consumer, not packet by packet: a consumer's numbers, header
// and keys are fetched into the cache once for all of them, and its datagrams make one train.
class FanOut {
 public:
  FanOut() { producers_.reserve(kUsualProducers); }

  // `producer` has its first packet waiting.
  void add(Producer& producer) { producers_.push_back(&producer); }

  // One more packet waits, for that many consumers.
  void count(std::size_t consumers) { copies_ += consumers; }

  // Datagrams that passing everything on may make.
  std::size_t copies() const { return copies_; }

  // In the order of their first packets; each has to pass on, then clear().
  std::span<Producer* const> producers() const { return producers_; }

  void clear() {
    producers_.clear();
    copies_ = 0;
  }

 private:
  static constexpr std::size_t kUsualProducers = 64;

  std::vector<Producer*> producers_;
  std::size_t copies_ = 0;
};

}  // namespace parlance::sfu
