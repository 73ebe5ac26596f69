#include "tests/support/chat/faulty_store.h"

#include <utility>

namespace parlance::chat::test {

namespace {

class FaultyReadSession final : public ReadSession {
 public:
  FaultyReadSession(std::unique_ptr<ReadSession> below, Faults& faults)
      : below_(std::move(below)), faults_(faults) {}

  void begin() override { below_->begin(); }

  StoreReads reads() override { return below_->reads(); }

  std::expected<void, StoreError> end() override {
    const auto ended = below_->end();
    if (faults_.reads) {
      return std::unexpected(StoreError::kUnavailable);
    }
    return ended;
  }

  std::string trouble() const override { return "injected"; }

 private:
  std::unique_ptr<ReadSession> below_;
  Faults& faults_;
};

class FaultyWriteSession final : public WriteSession {
 public:
  FaultyWriteSession(std::unique_ptr<WriteSession> below, Faults& faults)
      : below_(std::move(below)), faults_(faults) {}

  void begin(const Footprint& footprint) override { below_->begin(footprint); }

  StoreReads reads() override { return below_->reads(); }

  StoreWrites writes() override { return below_->writes(); }

  std::expected<void, StoreError> commit() override {
    if (faults_.commits) {
      below_->rollback();
      return std::unexpected(StoreError::kUnavailable);
    }
    const auto committed = below_->commit();
    if (faults_.commits_after_all) {
      return std::unexpected(StoreError::kUnavailable);
    }
    return committed;
  }

  void rollback() override { below_->rollback(); }

  std::string trouble() const override { return "injected"; }

 private:
  std::unique_ptr<WriteSession> below_;
  Faults& faults_;
};

class FaultyStore final : public Store {
 public:
  FaultyStore(std::unique_ptr<Store> below, Faults& faults)
      : below_(std::move(below)), faults_(faults) {}

  std::expected<std::unique_ptr<WriteSession>, std::string> open_writer() override {
    auto session = below_->open_writer();
    if (!session) {
      return std::unexpected(session.error());
    }
    return std::make_unique<FaultyWriteSession>(std::move(*session), faults_);
  }

  std::expected<std::unique_ptr<ReadSession>, std::string> open_reader() override {
    auto session = below_->open_reader();
    if (!session) {
      return std::unexpected(session.error());
    }
    return std::make_unique<FaultyReadSession>(std::move(*session), faults_);
  }

 private:
  std::unique_ptr<Store> below_;
  Faults& faults_;
};

}  // namespace

std::unique_ptr<Store> make_faulty_store(std::unique_ptr<Store> below, Faults& faults) {
  return std::make_unique<FaultyStore>(std::move(below), faults);
}

}  // namespace parlance::chat::test
