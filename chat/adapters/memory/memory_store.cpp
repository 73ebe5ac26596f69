#include "chat/adapters/memory/memory_store.h"

#include <mutex>
#include <shared_mutex>
#include <utility>

#include "chat/adapters/memory/memory_reads.h"
#include "chat/adapters/memory/memory_state.h"
#include "chat/adapters/memory/memory_writes.h"

namespace parlance::chat {

namespace {

class MemoryReadSession final : public ReadSession {
 public:
  explicit MemoryReadSession(MemoryState& state)
      : lock_(state.guard, std::defer_lock), reads_(state, failed_) {}

  void begin() override { lock_.lock(); }

  StoreReads reads() override { return reads_.all(); }

  std::expected<void, StoreError> end() override {
    lock_.unlock();
    return {};
  }

  std::string trouble() const override { return {}; }

 private:
  const bool failed_ = false;
  std::shared_lock<std::shared_mutex> lock_;
  MemoryReads reads_;
};

class MemoryWriteSession final : public WriteSession {
 public:
  explicit MemoryWriteSession(MemoryState& state)
      : lock_(state.guard, std::defer_lock), writes_(state), reads_(state, writes_.failed()) {}

  void begin(const Footprint& footprint) override {
    lock_.lock();
    writes_.begin(footprint);
  }

  StoreReads reads() override { return reads_.all(); }

  StoreWrites writes() override { return writes_.all(); }

  std::expected<void, StoreError> commit() override {
    const bool kept = writes_.commit();
    lock_.unlock();
    if (!kept) {
      return std::unexpected(StoreError::kRefused);
    }
    return {};
  }

  void rollback() override {
    writes_.roll_back();
    lock_.unlock();
  }

  std::string trouble() const override { return "refused by the memory store"; }

 private:
  std::unique_lock<std::shared_mutex> lock_;
  MemoryWrites writes_;
  MemoryReads reads_;
};

class MemoryStore final : public Store {
 public:
  std::expected<std::unique_ptr<WriteSession>, std::string> open_writer() override {
    return std::make_unique<MemoryWriteSession>(state_);
  }

  std::expected<std::unique_ptr<ReadSession>, std::string> open_reader() override {
    return std::make_unique<MemoryReadSession>(state_);
  }

 private:
  MemoryState state_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store() {
  return std::make_unique<MemoryStore>();
}

}  // namespace parlance::chat
