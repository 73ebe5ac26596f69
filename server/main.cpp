// The binary: reads the command line and runs what it asks for.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "server/command_line.h"
#include "server/commands.h"
#include "server/exit_codes.h"
#include "server/serve.h"

namespace {

using namespace parlance::server;

int run(Invocation invocation) {
  switch (invocation.command) {
    case Command::kServe:
      return serve(std::move(invocation.configuration));
    case Command::kCheckConfiguration:
      std::puts("The configuration is good.");
      return kExitDone;
    case Command::kShowLoad:
      return run_workers(invocation.configuration, std::nullopt);
    case Command::kSetWorkers:
      return run_workers(invocation.configuration, invocation.workers);
    case Command::kDoctor:
      return run_doctor(invocation.configuration);
  }
  return kExitBug;
}

std::optional<std::string> variable(const std::string& name) {
  const char* text = std::getenv(name.c_str());
  return text == nullptr ? std::nullopt : std::optional<std::string>(text);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    auto read = read_command_line(
        {arguments + 1, arguments + count}, variable, std::thread::hardware_concurrency());
    if (const auto* finished = std::get_if<Finished>(&read)) {
      std::fputs(finished->text.c_str(), finished->exit_code == kExitDone ? stdout : stderr);
      return finished->exit_code;
    }
    return run(std::move(std::get<Invocation>(read)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "parlance ended by its own fault: %s\n", error.what());
    return kExitBug;
  }
}
