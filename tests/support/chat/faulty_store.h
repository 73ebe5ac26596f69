// A store that fails when told to.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "chat/ports/store.h"

namespace parlance::chat::test {

// What goes wrong; shared with the test, which may change it while the store is in use.
struct Faults {
  std::atomic<bool> commits{false};            // every commit fails and keeps nothing
  std::atomic<bool> commits_after_all{false};  // keeps everything, and says that it failed
  std::atomic<bool> reads{false};              // every snapshot ends badly
};

// Passes everything to the store below, which does the work.
std::unique_ptr<Store> make_faulty_store(std::unique_ptr<Store> below, Faults& faults);

}  // namespace parlance::chat::test
