#include "chat/adapters/postgres/connection.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <unistd.h>

namespace parlance::chat::postgres {

namespace {

// What every session runs under, whatever the database's defaults are.
//
// An acknowledged message is on the disk: synchronous_commit may be stricter, but not off. No
// statement and no transaction holds the heads that others wait for longer than this. Our
// statements are all searches by key: planned once and without a look at the tables' sizes, they
// can't turn into scans of tables that were small when they were planned.
constexpr const char* kSessionSettings =
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') = 'off';"
    "SET statement_timeout = '4s'; SET idle_in_transaction_session_timeout = '10s';"
    "SET plan_cache_mode = force_generic_plan; SET jit = off;"
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;"
    "SET client_min_messages = error";

// Attempts to connect end at most this much of the time; in the rest a begin() fails at once.
constexpr std::chrono::seconds kLongestPause{2};

// What this transaction alone is to blame for, by the class of the SQLSTATE (PostgreSQL's manual,
// "Error Codes"): data exceptions, violated constraints, rollbacks for the sake of another
// transaction, and what is too large to be stored.
StoreError classify(std::string_view sqlstate) {
  constexpr std::array<std::string_view, 4> kRefusals = {"22", "23", "40", "54"};
  const auto found = std::ranges::find(kRefusals, sqlstate.substr(0, 2));
  return found != kRefusals.end() ? StoreError::kRefused : StoreError::kUnavailable;
}

// One line for the log, to which a full stop may be added.
std::string in_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == '\n' || c == '\t' || c == ' ';
    if (!space || !line.ends_with(' ')) {
      line += space ? ' ' : c;
    }
  }
  while (line.ends_with(' ') || line.ends_with('.') || line.ends_with('?')) {
    line.pop_back();
  }
  return line;
}

}  // namespace

std::string_view Answer::next() {
  const auto field = result_[static_cast<pqxx::result::size_type>(row_ - 1)][column_];
  ++column_;
  return {field.c_str(), field.size()};
}

std::int64_t Answer::integer() {
  std::int64_t value = 0;
  const std::string_view text = next();
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string Answer::text() {
  return std::string(next());
}

Uuid Answer::uuid() {
  return Uuid::parse(next()).value_or(Uuid());
}

Connection::Live::Live(const std::string& url)
    : connection(url), socket(dup(connection.sock())), quiet(connection), statements(connection) {}

Connection::Descriptor::~Descriptor() {
  close(number);
}

std::expected<void, std::string> Connection::connect() {
  if (live_) {
    return {};
  }
  const auto started = Clock::now();
  if (started < next_attempt_) {
    return std::unexpected(trouble_);
  }
  try {
    auto live = std::make_unique<Live>(url_.url);
    // The details of an error repeat what was to be stored.
    live->connection.set_verbosity(pqxx::connection_base::terse);
    const Watchdog::Watch watch(watchdog_, live->socket.number);
    live->statements.exec(kSessionSettings);
    live_ = std::move(live);
  } catch (const std::exception& error) {
    const auto ended = Clock::now();
    next_attempt_ = ended + std::min<Clock::duration>(ended - started, kLongestPause);
    trouble_ = in_one_line(error.what());
    return std::unexpected(trouble_);
  }
  fresh_ = true;
  return {};
}

void Connection::disconnect() {
  live_.reset();
  open_ = false;
}

void Connection::begin(const char* sql) {
  failure_.reset();
  in_doubt_ = false;
  begin_ = sql;
  if (auto connected = connect(); !connected) {
    fail(StoreError::kUnavailable, std::move(connected.error()));
  }
}

void Connection::fail(StoreError error, std::string why) {
  if (!failed()) {
    failure_ = error;
    trouble_ = std::move(why);
  }
}

void Connection::refuse(std::string why) {
  fail(StoreError::kRefused, std::move(why));
}

void Connection::lose(std::string why) {
  disconnect();
  fail(StoreError::kUnavailable, std::move(why));
}

Answer Connection::guarded(const std::function<pqxx::result(Live&)>& call) {
  if (failed()) {
    return {};
  }
  const bool first = begin_ != nullptr;
  const auto started = Clock::now();
  try {
    const Watchdog::Watch watch(watchdog_, live_->socket.number);
    Answer answer(call(*live_));
    fresh_ = false;
    open_ = open_ || first;
    begin_ = nullptr;
    return answer;
  } catch (const pqxx::sql_error& error) {
    open_ = open_ || first;
    if (live_->connection.is_open()) {
      fail(classify(error.sqlstate()), in_one_line(error.what()));
      return {};
    }
    trouble_ = in_one_line(error.what());
  } catch (const std::exception& error) {
    trouble_ = in_one_line(error.what());
  }
  // The server may have been started anew since the last transaction. Nothing of this one has
  // happened yet, so that it begins again, once.
  const bool stale = first && !fresh_ && Clock::now() - started < watchdog_.patience();
  disconnect();
  if (stale && connect()) {
    return guarded(call);
  }
  lose(trouble_);
  return {};
}

Answer Connection::run(const Statement& statement, const Parameters& parameters) {
  const auto unstorable = [](const Parameter& each) {
    return each.text().contains('\0');
  };
  if (std::ranges::any_of(parameters, unstorable)) {
    refuse("a text holds a zero byte");
  }
  if (begin_ != nullptr && std::ranges::all_of(parameters, &Parameter::plain)) {
    return run_together({{.statement = statement, .parameters = parameters}});
  }
  std::vector<std::string> texts;
  texts.reserve(parameters.size());
  for (const Parameter& each : parameters) {
    texts.push_back(each.text());
  }
  return guarded([&](Live& live) {
    if (begin_ != nullptr) {
      live.statements.exec(begin_);
    }
    live.connection.prepare(statement.name, statement.sql);
    return live.statements.exec_prepared(statement.name, pqxx::prepare::make_dynamic_params(texts));
  });
}

std::string Connection::text_of(const Step& step) {
  live_->connection.prepare(step.statement.name, step.statement.sql);
  live_->connection.prepare_now(step.statement.name);
  std::string text = "EXECUTE ";
  text += step.statement.name;
  char before = '(';
  for (const Parameter& parameter : step.parameters) {
    text += before;
    text += '\'';
    text += live_->connection.esc(parameter.text());
    text += '\'';
    before = ',';
  }
  text += step.parameters.empty() ? "" : ")";
  return text;
}

Answer Connection::run_together(const std::vector<Step>& steps) {
  return guarded([&](Live& live) {
    std::string text = begin_ == nullptr ? "" : begin_;
    for (const Step& step : steps) {
      text += text.empty() ? "" : ";";
      text += text_of(step);
    }
    return live.statements.exec(text);
  });
}

Answer Connection::execute(const std::string& sql) {
  return guarded([&](Live& live) {
    std::string text = begin_ == nullptr ? "" : begin_;
    text += begin_ == nullptr ? "" : ";";
    text += sql;
    return live.statements.exec(text);
  });
}

std::expected<void, StoreError> Connection::commit() {
  if (!failed() && begin_ == nullptr) {
    guarded([](Live& live) { return live.statements.exec("COMMIT"); });
    in_doubt_ = failed() && !live_;
  }
  if (!failure_) {
    open_ = false;
    begin_ = nullptr;
    return {};
  }
  const StoreError error = *failure_;
  rollback();
  return std::unexpected(error);
}

void Connection::rollback() {
  begin_ = nullptr;
  const bool open = std::exchange(open_, false);
  if (failure_ == StoreError::kUnavailable) {
    // Another one may find a server that works: this one may have become a standby, or be short of
    // something. The server rolls back what has lost its connection.
    disconnect();
  }
  if (!open || !live_) {
    return;
  }
  try {
    const Watchdog::Watch watch(watchdog_, live_->socket.number);
    live_->statements.exec("ROLLBACK");
  } catch (const std::exception&) {
    disconnect();
  }
}

}  // namespace parlance::chat::postgres
