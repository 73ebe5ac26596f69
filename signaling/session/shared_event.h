// An event as all its receivers share it: serialised once, then only pointed to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace parlance::signaling {

// docs/protocol.md, "Frames": what an event may suffer under pressure.
enum class EventClass : std::uint8_t {
  kDurable,    // has r: survives everything, by resume or by sync
  kReliable,   // has s only: replayed on resume
  kEphemeral,  // has neither: dropped first
};

struct SharedEvent {
  EventClass event_class = EventClass::kEphemeral;
  // The event's JSON object without its opening brace: `"ev":"typing","c":"...","d":{...}}`. Each
  // session puts its own `s` in front.
  std::string tail;
};

// Shared: one event is in the logs of all sessions that it went to, on any thread.
using EventPtr = std::shared_ptr<const SharedEvent>;

}  // namespace parlance::signaling
