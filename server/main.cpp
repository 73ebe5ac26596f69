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
#include "server/create_admin.h"
#include "server/exit_codes.h"
#include "server/serve.h"

namespace {

using parlance::server::Command;
using parlance::server::Finished;
using parlance::server::Invocation;
using parlance::server::kExitBug;
using parlance::server::kExitDone;

int run(Invocation invocation) {
  switch (invocation.command) {
    case Command::kServe:
      return parlance::server::serve(std::move(invocation.configuration));
    case Command::kCheckConfiguration:
      std::puts("The configuration is good.");
      return kExitDone;
    case Command::kShowLoad:
      return parlance::server::run_workers(invocation.configuration, std::nullopt);
    case Command::kSetWorkers:
      return parlance::server::run_workers(invocation.configuration, invocation.workers);
    case Command::kCreateAdmin:
      return parlance::server::run_create_admin(
          invocation.configuration, invocation.login, invocation.password_from_stdin);
    case Command::kDoctor:
      return parlance::server::run_doctor(invocation.configuration);
  }
  return kExitBug;
}

std::optional<std::string> variable(const std::string& name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): read before there is another thread
  const char* text = std::getenv(name.c_str());
  return text == nullptr ? std::nullopt : std::optional<std::string>(text);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    auto read = parlance::server::read_command_line(
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
