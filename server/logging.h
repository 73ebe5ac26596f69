// The operator's log: lines of text or of JSON on standard error.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/configuration.h"

namespace spdlog {
class logger;  // NOLINT(readability-identifier-naming): spdlog's name
}

namespace parlance::server {

// {"time":"...","level":"info","message":"..."}, whatever the message holds.
std::string json_line(std::string_view time, std::string_view level, std::string_view message);

// Shared: spdlog's own registry and every thread that logs hold it.
std::shared_ptr<spdlog::logger> make_logger(LogLevel level, bool json);

}  // namespace parlance::server
