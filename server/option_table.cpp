#include "server/option_table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include <fmt/format.h>

namespace parlance::server {

namespace {

constexpr std::int64_t kPortMost = 65'535;

constexpr auto kOptions = std::to_array<Option>({
    {"http.listen",
     "--listen",
     OptionKind::kList,
     "`::` (every address, IPv4 too)",
     "addresses to serve pages and the WebSocket on"},
    {"http.port",
     "--http-port",
     OptionKind::kNumber,
     "8080",
     "port of pages and the WebSocket; 0 picks a free one",
     0,
     kPortMost},
    {"http.tls_certificate",
     "--tls-certificate",
     OptionKind::kText,
     "none",
     "PEM file with the certificate chain; with tls_key it makes HTTPS of HTTP"},
    {"http.tls_key", "--tls-key", OptionKind::kText, "none", "PEM file with the certificate's key"},
    {"http.lan",
     "--lan",
     OptionKind::kSwitch,
     "false",
     "HTTPS with a certificate of its own, for phones and other machines nearby"},
    {"http.web_root",
     "--web",
     OptionKind::kText,
     "`web-demo/app/dist`",
     "folder with the pages; empty serves none"},
    {"http.origins",
     "--origin",
     OptionKind::kList,
     "none",
     "pages of other hosts that may connect: `https://app.example.org`"},
    {"http.trusted",
     "--trusted",
     OptionKind::kList,
     "this machine",
     "addresses that may read /metrics and, with the admin token, use /admin"},
    {"signaling.threads",
     "--signaling-threads",
     OptionKind::kNumber,
     "the cores, 4 at most",
     "threads for connections",
     1,
     64},
    {"data.folder",
     "--data",
     OptionKind::kText,
     "`data`",
     "folder for all that the server keeps; one server at a time"},
    {"storage.url",
     "--storage",
     OptionKind::kText,
     "`sqlite:parlance.db` in the data folder",
     "the message store: `sqlite:FILE`, `postgres://user:password@host/database` (better in the "
     "file "
     "or the environment than in a flag), or `memory:`, which forgets everything at the end"},
    {"media.workers",
     "--workers",
     OptionKind::kNumber,
     "the cores",
     "threads for media; `parlance workers N` changes it while calls run",
     1,
     256},
    {"media.shards",
     "--shards",
     OptionKind::kNumber,
     "twice the cores",
     "units of media work, each with a port of its own; at least as many as workers",
     1,
     256},
    {"media.spread_at",
     "--spread-at",
     OptionKind::kNumber,
     "10",
     "percent of a core that another worker must have less to do before a call grows onto it; 0 "
     "spreads "
     "every call",
     0,
     100},
    {"media.port",
     "--media-port",
     OptionKind::kNumber,
     "40000",
     "first media port, UDP; shards use one each from here on; 0 picks free ones",
     0,
     kPortMost},
    {"media.listen",
     "--media-listen",
     OptionKind::kList,
     "`0.0.0.0`, `::`",
     "addresses to take media on"},
    {"media.announced",
     "--announce",
     OptionKind::kList,
     "the machine's addresses",
     "where clients send media, if that is not what the machine sees: `203.0.113.7`, "
     "`media.example.org:50000` (port of the first shard), `[2001:db8::7]:50000`"},
    {"call.max_participants",
     "--max-participants",
     OptionKind::kNumber,
     "16",
     "participants of one call; the next one is told that it is full",
     2,
     1024},
    {"turn.urls",
     "--turn-url",
     OptionKind::kList,
     "none",
     "relays to offer: `turn:turn.example.org:3478?transport=udp`"},
    {"turn.secret",
     "--turn-secret",
     OptionKind::kText,
     "none",
     "coturn's static-auth-secret; better in the file or the environment than in a flag"},
    {"turn.ttl",
     "--turn-ttl",
     OptionKind::kNumber,
     "86400",
     "seconds that a relay's credentials hold",
     60,
     604'800},
    {"log.level", "--log-level", OptionKind::kText, "`info`", "`debug`, `info`, `warn` or `error`"},
    {"log.json", "--log-json", OptionKind::kSwitch, "false", "one JSON object a line"},
});

// Levenshtein's distance: how many letters to change, add or drop.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i] = i;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replace = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replace, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const Option> option_table() {
  return kOptions;
}

const Option* find_option(std::string_view key) {
  const auto at = std::ranges::find(kOptions, key, &Option::key);
  return at == kOptions.end() ? nullptr : &*at;
}

std::string environment_name(const Option& option) {
  std::string name = "PARLANCE_";
  for (const char letter : option.key) {
    name += letter == '.' ? '_' : static_cast<char>(std::toupper(letter));
  }
  return name;
}

std::string_view nearest_key(std::string_view key) {
  constexpr std::size_t kNear = 4;
  const auto nearest = std::ranges::min_element(
      kOptions, {}, [key](const Option& option) { return distance(key, option.key); });
  return distance(key, nearest->key) <= kNear ? nearest->key : std::string_view{};
}

std::string expected_value(const Option& option) {
  switch (option.kind) {
    case OptionKind::kText:
      return "a text";
    case OptionKind::kNumber:
      return fmt::format("a number from {} to {}", option.least, option.most);
    case OptionKind::kSwitch:
      return "true or false";
    case OptionKind::kList:
      return "a list of texts";
  }
  return "a value";
}

std::string configuration_document() {
  std::string text =
      "# Configuration\n\n"
      "Made from the table in `server/option_table.cpp`; a test compares the two.\n\n"
      "Flags win over the environment, the environment over the file, the file over the defaults. "
      "The "
      "file is\nTOML: the one of `--config` or `PARLANCE_CONFIG`, else `parlance.toml` in the "
      "current "
      "folder, if there is one. A\nkey `media.port` is `port` in the table `[media]`. Lists are "
      "separated by commas in the environment; a flag\nmay be given several times. "
      "`parlance --check-config` says what is wrong and starts nothing.\n\n"
      "| key | flag | environment | takes | default | meaning |\n"
      "|---|---|---|---|---|---|\n";
  for (const Option& option : kOptions) {
    text += fmt::format("| `{}` | `{}` | `{}` | {} | {} | {} |\n",
                        option.key,
                        option.flag,
                        environment_name(option),
                        expected_value(option),
                        option.fallback,
                        option.meaning);
  }
  text +=
      "\nCommands: `parlance` serves; `parlance workers` prints the load of shards and workers, "
      "`parlance "
      "workers N`\nchanges the number of workers of the running server; `parlance doctor` looks "
      "for what "
      "keeps calls from\nworking on this machine; `parlance admin create LOGIN` makes an "
      "administrator's "
      "account, while the server runs or not, and\nprints its password (`--password-stdin` reads "
      "one).\n\n"
      "Exit codes: 0 stopped as asked; 1 our fault; 2 the configuration is wrong; 3 the machine "
      "refuses "
      "(a port in\nuse, a folder that can't be written or belongs to a running server).\n";
  return text;
}

std::string readme_table() {
  std::string text = "| flag | default | meaning |\n|---|---|---|\n";
  for (const Option& option : kOptions) {
    text += fmt::format("| `{}` | {} | {} |\n", option.flag, option.fallback, option.meaning);
  }
  return text;
}

}  // namespace parlance::server
