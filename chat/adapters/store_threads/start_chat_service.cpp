#include "chat/adapters/store_threads/start_chat_service.h"

#include <string_view>
#include <utility>

#include "chat/adapters/memory/memory_store.h"
#include "chat/adapters/postgres/postgres_store.h"
#include "chat/adapters/sqlite/sqlite_store.h"
#include "chat/adapters/store_threads/threaded_chat_service.h"

namespace parlance::chat {

namespace {

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kMemory = "memory:";
constexpr std::string_view kPostgres = "postgres://";
constexpr std::string_view kPostgresql = "postgresql://";

std::expected<std::unique_ptr<Store>, std::string> open_store(const std::string& url) {
  if (url == kMemory) {
    return make_memory_store();
  }
  if (url.starts_with(kSqlite)) {
    return open_sqlite_store({.path = url.substr(kSqlite.size()), .vfs = {}});
  }
  if (url.starts_with(kPostgres) || url.starts_with(kPostgresql)) {
    return open_postgres_store({.url = url});
  }
  return std::unexpected(
      "The store's address isn't known (it isn't repeated here, because it may hold a password): "
      "give storage.url (--storage) sqlite:PATH for a database file, "
      "postgres://USER:PASSWORD@HOST/DATABASE, or memory: to keep nothing.");
}

}  // namespace

std::expected<std::unique_ptr<ChatService>, std::string> start_chat_service(StoreOptions options,
                                                                            EventSink sink) {
  if (options.readers < 1 || options.readers > kMaxReaders) {
    return std::unexpected("The store can't have " + std::to_string(options.readers) +
                           " readers: from 1 to " + std::to_string(kMaxReaders) + ".");
  }
  if (!options.report) {
    options.report = [](const std::string&) {
    };
  }
  auto store = open_store(options.url);
  if (!store) {
    return std::unexpected(std::move(store.error()));
  }
  return ThreadedChatService::start(
      std::move(*store), options.readers, std::move(sink), options.report);
}

}  // namespace parlance::chat
