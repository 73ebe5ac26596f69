// The server's messenger on a store that says yes to messages before they are committed: they are
// when the next transaction begins, or never where the process is killed before.
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "chat/adapters/sqlite/sqlite_store.h"
#include "chat/adapters/store_threads/start_chat_service.h"
#include "chat/adapters/store_threads/threaded_chat_service.h"

namespace parlance::chat {

namespace {

class EarlySession final : public WriteSession {
 public:
  explicit EarlySession(std::unique_ptr<WriteSession> below) : below_(std::move(below)) {}

  ~EarlySession() override { commit_open(); }

  void begin(const Footprint& footprint) override {
    constexpr auto kKeptOpen = std::chrono::milliseconds(100);
    const auto now = std::chrono::steady_clock::now();
    if (open_ && now - opened_at_ > kKeptOpen) {
      commit_open();
    }
    early_ = !footprint.messages.empty();
    if (!open_) {
      open_ = true;
      opened_at_ = now;
      below_->begin(footprint);
    }
  }

  StoreReads reads() override { return below_->reads(); }

  StoreWrites writes() override { return below_->writes(); }

  std::expected<void, StoreError> commit() override {
    if (early_) {
      return {};
    }
    open_ = false;
    return below_->commit();
  }

  void rollback() override {
    open_ = false;
    below_->rollback();
  }

  std::string trouble() const override { return below_->trouble(); }

 private:
  void commit_open() {
    if (std::exchange(open_, false)) {
      static_cast<void>(below_->commit());
    }
  }

  std::unique_ptr<WriteSession> below_;
  bool early_ = false;
  bool open_ = false;
  std::chrono::steady_clock::time_point opened_at_;
};

class EarlyStore final : public Store {
 public:
  explicit EarlyStore(std::unique_ptr<Store> below) : below_(std::move(below)) {}

  std::expected<std::unique_ptr<WriteSession>, std::string> open_writer() override {
    auto session = below_->open_writer();
    if (!session) {
      return session;
    }
    return std::make_unique<EarlySession>(std::move(*session));
  }

  std::expected<std::unique_ptr<ReadSession>, std::string> open_reader() override {
    return below_->open_reader();
  }

 private:
  std::unique_ptr<Store> below_;
};

}  // namespace

std::expected<std::unique_ptr<ChatService>, std::string> start_chat_service(StoreOptions options,
                                                                            EventSink sink) {
  constexpr std::string_view kSqlite = "sqlite:";
  auto store = open_sqlite_store({.path = options.url.substr(kSqlite.size()), .vfs = {}});
  if (!store) {
    return std::unexpected(std::move(store.error()));
  }
  return ThreadedChatService::start(std::make_unique<EarlyStore>(std::move(*store)),
                                    options.readers,
                                    std::move(sink),
                                    options.report);
}

}  // namespace parlance::chat
