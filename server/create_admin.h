// `parlance admin create`: the account of an operator, whether the server runs or not.
#pragma once

#include <string>

#include "server/configuration.h"

namespace parlance::server {

// The password is the first line of standard input, or made and printed. The exit code.
int run_create_admin(const Configuration& configuration,
                     const std::string& login,
                     bool password_from_stdin);

}  // namespace parlance::server
