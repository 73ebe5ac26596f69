// The stores that the contract is run on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "chat/adapters/memory/memory_store.h"
#include "chat/adapters/sqlite/sqlite_store.h"
#include "tests/support/chat/fixtures.h"

namespace parlance::chat::test {

struct StoreAdapter {
  std::string name;
  bool durable = false;     // another one opened on the same folder has what the first had
  bool concurrent = false;  // snapshots stay open beside a writer, on one thread even
  std::function<std::unique_ptr<Store>(const TemporaryFolder&)> open;
};

inline const std::vector<StoreAdapter>& store_adapters() {
  static const std::vector<StoreAdapter> adapters = {
      {.name = "Memory",
       .durable = false,
       .concurrent = false,
       .open =
           [](const TemporaryFolder&) {
             return make_memory_store();
           }},
      {.name = "Sqlite",
       .durable = true,
       .concurrent = true,
       .open =
           [](const TemporaryFolder& folder) {
             auto store = open_sqlite_store({.path = folder.file("parlance.db"), .vfs = {}});
             return store ? std::move(*store) : nullptr;
           }},
  };
  return adapters;
}

}  // namespace parlance::chat::test
