// Whatever a client sends in one frame: split, parsed, and checked against every schema.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "signaling/protocol/envelope.h"
#include "signaling/protocol/schema_registry.h"

namespace {

using namespace parlance::signaling;

void check_value(std::string_view text) {
  const auto value = parse_json(text);
  if (value) {
    // What was read can be written and read again.
    CHECK(parse_json(write_json(*value)).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SchemaRegistry registry = SchemaRegistry::load(embedded_schemas()).value();
  static SchemaChecker checker(registry);
  const std::string frame(data, data + size);
  is_utf8(frame);
  for (const std::string_view object : split_frame(frame)) {
    check_value(object);
    const auto message = parse_client_message(object);
    if (!message || message->is_heartbeat()) {
      continue;
    }
    const std::string schema = message->op + ".request";
    if (registry.has(schema)) {
      checker.check(schema, message->d);
    }
  }
  return 0;
}
