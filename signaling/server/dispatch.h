// From an operation's name to what carries it out.
#pragma once

#include <span>
#include <string_view>

#include "signaling/protocol/envelope.h"
#include "signaling/server/sessions.h"

namespace parlance::signaling {

class SignalingThread;

// A request whose shape has been checked.
struct Request {
  SignalingThread& thread;
  Sessions::Hosted& hosted;
  const nlohmann::json& d;
  Asker asker;
};

using OperationHandler = void (*)(const Request& request);

struct Operation {
  std::string_view name;
  OperationHandler handler;
};

// Sorted by name.
std::span<const Operation> operations();

// Checks the shape against the operation's schema and carries it out; answers now or later.
void dispatch(SignalingThread& thread, Sessions::Hosted& hosted, const ClientMessage& message);

}  // namespace parlance::signaling
