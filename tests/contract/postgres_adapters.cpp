#include <algorithm>

#include "chat/adapters/postgres/postgres_store.h"
#include "tests/contract/store_adapters.h"
#include "tests/support/postgres/private_postgres.h"

namespace parlance::chat::test {

namespace {

// A database for each folder; the one of the test before goes.
std::string url_of(const TemporaryFolder& folder) {
  static std::string last;
  std::string name = "db";
  std::ranges::copy_if(folder.path().filename().string(), std::back_inserter(name), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  });
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  auto* const server = parlance::test::PrivatePostgres::shared().value();
  if (name != last && !last.empty()) {
    server->drop(last);
  }
  last = name;
  return server->database(name);
}

}  // namespace

const std::vector<StoreAdapter>& store_adapters() {
  static const std::vector<StoreAdapter> adapters = {
      {.name = "Postgres",
       .durable = true,
       .concurrent = true,
       .open =
           [](const TemporaryFolder& folder) {
             auto store = open_postgres_store({.url = url_of(folder)});
             return store ? std::move(*store) : nullptr;
           },
       .url = url_of},
  };
  return adapters;
}

std::string missing_store() {
  const auto server = parlance::test::PrivatePostgres::shared();
  return server ? std::string() : server.error();
}

}  // namespace parlance::chat::test
