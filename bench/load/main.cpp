#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/load/command_line.h"
#include "bench/load/report.h"
#include "bench/load/run.h"

namespace {

using parlance::load::CommandLine;

constexpr int kRunIsVoid = 1;

int load(const CommandLine& line) {
  const auto measured = parlance::load::run(
      line.scenario, [](const std::string& what) { fmt::print(stderr, "{}\n", what); });
  const std::string report = report_of(line.scenario, measured).dump(2) + "\n";
  if (line.report.empty()) {
    std::cout << report;
  } else {
    std::ofstream(line.report) << report;
  }
  const auto faults = faults_of(line.scenario, measured);
  for (const std::string& fault : faults) {
    fmt::print(stderr, "void: {}\n", fault);
  }
  return faults.empty() ? 0 : kRunIsVoid;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto line = parlance::load::read_command_line(argc, argv);
    return line ? load(*line) : line.error();
  } catch (const std::exception& error) {
    fmt::print(stderr, "parlance-load: {}\n", error.what());
    return kRunIsVoid;
  }
}
