// The flags of parlance-load.
#pragma once

#include <expected>
#include <string>

#include "bench/load/scenario.h"

namespace parlance::load {

struct CommandLine {
  Scenario scenario;
  std::string report;  // file; empty: standard output
};

// The error is the exit code: what there was to say has been said.
std::expected<CommandLine, int> read_command_line(int argc, char** argv);

}  // namespace parlance::load
