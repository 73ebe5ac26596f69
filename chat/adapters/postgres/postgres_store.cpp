#include "chat/adapters/postgres/postgres_store.h"

#include <cstdint>
#include <thread>
#include <utility>

#include "chat/adapters/postgres/connection.h"
#include "chat/adapters/postgres/connection_url.h"
#include "chat/adapters/postgres/postgres_reads.h"
#include "chat/adapters/postgres/schema.h"
#include "chat/adapters/postgres/watchdog.h"
#include "chat/adapters/postgres/write_transaction.h"

namespace parlance::chat {

namespace {

using namespace std::chrono_literals;
using namespace postgres;

using WriterId = Id<struct WriterTag>;

constexpr auto kMigrationPatience = 30min;
// Between two attempts to learn how a COMMIT ended.
constexpr auto kPause = 50ms;

// Rows of writers that are long gone are removed.
constexpr Statement kAddWriter = {
    "add_writer",
    "WITH gone AS (DELETE FROM writers WHERE changed < now() - interval '7 days') "
    "INSERT INTO writers (id, last) VALUES (gen_random_uuid(), 0) RETURNING id"};

constexpr Statement kMark = {
    "mark",
    "INSERT INTO writers (id, last) VALUES ($1::uuid, $2::bigint) "
    "ON CONFLICT (id) DO UPDATE SET last = excluded.last, changed = now()"};

// Waits for a transaction that may still be committed.
constexpr Statement kLast = {"last_transaction",
                             "SELECT last FROM writers WHERE id = $1::uuid FOR UPDATE"};

class PostgresReadSession final : public ReadSession {
 public:
  PostgresReadSession(const ConnectionUrl& url, Watchdog& watchdog) : connection_(url, watchdog) {}

  void begin() override { connection_.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }

  StoreReads reads() override { return reads_.all(); }

  std::expected<void, StoreError> end() override { return connection_.commit(); }

  std::string trouble() const override { return connection_.trouble(); }

 private:
  Connection connection_;
  PostgresReads reads_{connection_};
};

// Each transaction begins by writing its number to the writer's own row, and holds that row's lock
// until it ends. Where a COMMIT's answer is lost, the row tells how it ended. The number that the
// database gives to a transaction wouldn't do: after a crash it may be given to another one.
class PostgresWriteSession final : public WriteSession {
 public:
  PostgresWriteSession(const ConnectionUrl& url, Watchdog& watchdog)
      : connection_(url, watchdog), patience_(watchdog.patience()) {}

  std::expected<void, std::string> open() {
    connection_.begin("BEGIN");
    Answer added = connection_.run_together({{.statement = kAddWriter, .parameters = {}}});
    if (added.row()) {
      id_ = added.id<WriterId>();
    }
    if (!connection_.commit()) {
      return std::unexpected(connection_.trouble());
    }
    return {};
  }

  void begin(const Footprint& footprint) override {
    ++transactions_;
    transaction_.begin({.statement = kMark, .parameters = {id_, transactions_}}, footprint);
  }

  StoreReads reads() override { return transaction_.reads(); }

  StoreWrites writes() override { return transaction_.writes(); }

  std::expected<void, StoreError> commit() override {
    if (!transaction_.flush() && !connection_.failed()) {
      // Only what was there before was asked for: there is nothing to wait for the disk for.
      connection_.rollback();
      return {};
    }
    auto committed = connection_.commit();
    if (!committed && connection_.in_doubt() && took_effect()) {
      return {};
    }
    return committed;
  }

  void rollback() override { connection_.rollback(); }

  std::string trouble() const override { return connection_.trouble(); }

 private:
  // False also where nothing could be learned in time.
  bool took_effect() {
    const auto end = std::chrono::steady_clock::now() + patience_;
    while (std::chrono::steady_clock::now() < end) {
      connection_.begin("BEGIN");
      Answer found = connection_.run(kLast, {id_});
      const bool same = found.row() && found.integer() == transactions_;
      if (connection_.commit()) {
        return same;
      }
      std::this_thread::sleep_for(kPause);
    }
    return false;
  }

  Connection connection_;
  const std::chrono::milliseconds patience_;
  WriteTransaction transaction_{connection_};
  WriterId id_;
  std::int64_t transactions_ = 0;
};

class PostgresStore final : public Store {
 public:
  PostgresStore(ConnectionUrl url, std::chrono::milliseconds patience)
      : url_(std::move(url)), watchdog_(patience) {}

  std::expected<void, std::string> prepare() {
    Watchdog patient(kMigrationPatience);
    Connection connection(url_, patient);
    if (const auto connected = connection.connect(); !connected) {
      return std::unexpected(unreachable(connected.error()));
    }
    return upgrade_schema(connection, url_.shown);
  }

  std::expected<std::unique_ptr<WriteSession>, std::string> open_writer() override {
    auto session = std::make_unique<PostgresWriteSession>(url_, watchdog_);
    if (const auto opened = session->open(); !opened) {
      return std::unexpected(unreachable(opened.error()));
    }
    return session;
  }

  std::expected<std::unique_ptr<ReadSession>, std::string> open_reader() override {
    return std::make_unique<PostgresReadSession>(url_, watchdog_);
  }

 private:
  std::string unreachable(const std::string& why) const {
    return "The database " + url_.shown + " can't be reached: " + why +
           ". Make sure that Postgres runs there, that the database exists, and that "
           "storage.url (--storage) has the right user and password.";
  }

  ConnectionUrl url_;
  Watchdog watchdog_;
};

}  // namespace

std::expected<std::unique_ptr<Store>, std::string> open_postgres_store(PostgresOptions options) {
  auto url = parse_connection_url(options.url);
  if (!url) {
    return std::unexpected(std::move(url.error()));
  }
  auto store = std::make_unique<PostgresStore>(std::move(*url), options.patience);
  if (const auto prepared = store->prepare(); !prepared) {
    return std::unexpected(prepared.error());
  }
  return store;
}

}  // namespace parlance::chat
