// The addresses of this machine, as phones and other machines nearby would reach it.
#pragma once

#include <string>
#include <vector>

namespace parlance::server {

struct MachineNames {
  std::vector<std::string> addresses;  // numeric, IPv4 first; no loopback, no link-local
  std::string host_name;
};

MachineNames machine_names();

}  // namespace parlance::server
