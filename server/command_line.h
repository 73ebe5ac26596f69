// What the operator typed: the command, and the configuration put together from all its sources.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/configuration.h"

namespace parlance::server {

enum class Command : std::uint8_t {
  kServe,
  kCheckConfiguration,
  kShowLoad,
  kSetWorkers,
  kDoctor,
  kCreateAdmin
};

struct Invocation {
  Command command = Command::kServe;
  unsigned workers = 0;  // of kSetWorkers
  std::string login;     // of kCreateAdmin, like the next
  bool password_from_stdin = false;
  Configuration configuration;
};

// Nothing more to do: the text goes to standard output where the code is 0, else to standard error.
struct Finished {
  int exit_code = 0;
  std::string text;
};

using Environment = std::function<std::optional<std::string>(const std::string&)>;

std::variant<Invocation, Finished> read_command_line(const std::vector<std::string>& arguments,
                                                     const Environment& environment,
                                                     unsigned cores);

}  // namespace parlance::server
