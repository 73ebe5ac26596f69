// One WebSocket connection as libwebsockets has it: frames in and out, and its end.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "signaling/session/session.h"

struct lws;

namespace parlance::signaling {

// What happens on a connection. Called on its thread.
class SocketEvents {
 public:
  virtual ~SocketEvents() = default;
  // A whole text frame: UTF-8, at most kMaxClientFrameBytes.
  virtual void on_text(std::string_view frame) = 0;
  // Everything handed to send() is with the kernel.
  virtual void on_drained() = 0;
  // Once, and the last call.
  virtual void on_closed() = 0;
};

class WebSocket {
 public:
  explicit WebSocket(lws* wsi) : wsi_(wsi) {}

  void set_events(std::unique_ptr<SocketEvents> events) { events_ = std::move(events); }

  // One text frame. Keeps what can't be written yet.
  void send(std::string frame);

  // Once what was sent is out, or after kCloseTimeout at the latest. Nothing is received any more.
  void close(CloseCode code, std::string_view reason);

  // At once: the peer takes nothing, not even a farewell.
  void kill();

  void pause_reading(bool paused);

  // libwebsockets' callbacks. False: the connection is to be closed.
  void on_receive(std::string_view part, bool binary, bool last);
  bool on_writable();

  bool on_peer_close() const { return !farewell_sent_; }

  void on_closed();

  static constexpr int kCloseTimeoutSeconds = 5;

 private:
  bool write_front();
  bool write_farewell();

  lws* wsi_;
  std::unique_ptr<SocketEvents> events_;
  std::deque<std::string> queue_;
  std::string incoming_;
  bool writing_ = false;
  bool paused_ = false;
  bool closing_ = false;
  bool farewell_sent_ = false;
  CloseCode code_ = CloseCode::kUnknown;
  std::string reason_;
};

}  // namespace parlance::signaling
