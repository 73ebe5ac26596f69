#include "chat/adapters/memory/memory_store.h"
#include "chat/adapters/sqlite/sqlite_store.h"
#include "tests/contract/store_adapters.h"

namespace parlance::chat::test {

const std::vector<StoreAdapter>& store_adapters() {
  static const std::vector<StoreAdapter> adapters = {
      {.name = "Memory",
       .durable = false,
       .concurrent = false,
       .open = [](const TemporaryFolder&) { return make_memory_store(); },
       .url =
           [](const TemporaryFolder&) {
             return std::string("memory:");
           }},
      {.name = "Sqlite",
       .durable = true,
       .concurrent = true,
       .open =
           [](const TemporaryFolder& folder) {
             auto store = open_sqlite_store({.path = folder.file("parlance.db"), .vfs = {}});
             return store ? std::move(*store) : nullptr;
           },
       .url =
           [](const TemporaryFolder& folder) {
             return "sqlite:" + folder.file("data/parlance.db");
           }},
  };
  return adapters;
}

std::string missing_store() {
  return {};
}

}  // namespace parlance::chat::test
