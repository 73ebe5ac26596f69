#include "base/check.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace parlance {

void check_failed(const char* expression, std::source_location where) {
  const std::string text = std::string("CHECK failed: ") + expression + " at " + where.file_name() +
                           ":" + std::to_string(where.line());
#ifdef NDEBUG
  throw Bug(text);
#else
  std::fprintf(stderr, "%s\n", text.c_str());
  std::abort();
#endif
}

}  // namespace parlance
