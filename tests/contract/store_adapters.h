// The stores that the contract is run on; each test program brings its own.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "chat/ports/store.h"
#include "tests/support/chat/fixtures.h"

namespace parlance::chat::test {

// The folder stands for the place where the store keeps its data, so that another one opened on it
// has the same.
struct StoreAdapter {
  std::string name;
  bool durable = false;     // another one opened on the same folder has what the first had
  bool concurrent = false;  // snapshots stay open beside a writer, on one thread even
  std::function<std::unique_ptr<Store>(const TemporaryFolder&)> open;
  std::function<std::string(const TemporaryFolder&)> url;

  friend void PrintTo(const StoreAdapter& adapter, std::ostream* out) { *out << adapter.name; }
};

const std::vector<StoreAdapter>& store_adapters();

// Why the stores can't be tested on this machine; empty where they can.
std::string missing_store();

}  // namespace parlance::chat::test
