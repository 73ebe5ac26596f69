#include "bench/load/server_process.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <sys/resource.h>
#include <unistd.h>

namespace parlance::load {

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessUse use_of(pid_t pid) {
  const std::filesystem::path folder = "/proc/" + std::to_string(pid);
  const std::string stat = read_file(folder / "stat");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) {
    throw std::runtime_error("no process " + std::to_string(pid));
  }
  ProcessUse use;
  // proc(5): utime and stime are fields 14 and 15; the first after the name is field 3.
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) {
    fields >> skipped;
  }
  double user = 0;
  double system = 0;
  fields >> user >> system;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  use.user_s = user / ticks;
  use.system_s = system / ticks;
  for (const auto& task : std::filesystem::directory_iterator(folder / "task")) {
    std::istringstream times(read_file(task.path() / "schedstat"));
    double nanoseconds = 0;
    times >> nanoseconds;
    std::string name = read_file(task.path() / "comm");
    if (!name.empty()) {
      name.pop_back();
    }
    use.on_cpu_s += nanoseconds / 1e9;
    use.threads[std::stoi(task.path().filename().string())] = {name, nanoseconds / 1e9};
  }
  std::istringstream pages(read_file(folder / "statm"));
  std::uint64_t resident = 0;
  pages >> skipped >> resident;
  use.resident_bytes = resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return use;
}

double own_cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace parlance::load
