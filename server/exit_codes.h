// How the process ends (docs/configuration.md).
#pragma once

namespace parlance::server {

inline constexpr int kExitDone = 0;
inline constexpr int kExitBug = 1;
inline constexpr int kExitConfiguration = 2;
inline constexpr int kExitEnvironment = 3;

}  // namespace parlance::server
