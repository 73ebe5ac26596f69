#include "signaling/server/web_socket.h"

#include <cstring>
#include <utility>
#include <vector>

#include <libwebsockets.h>

#include "signaling/protocol/envelope.h"

namespace parlance::signaling {

void WebSocket::send(std::string frame) {
  if (closing_) {
    return;
  }
  queue_.push_back(std::move(frame));
  lws_callback_on_writable(wsi_);
}

void WebSocket::close(CloseCode code, std::string_view reason) {
  if (closing_) {
    return;
  }
  closing_ = true;
  code_ = code;
  reason_ = reason;
  lws_set_timeout(
      wsi_, static_cast<pending_timeout>(PENDING_TIMEOUT_USER_REASON_BASE), kCloseTimeoutSeconds);
  lws_callback_on_writable(wsi_);
}

void WebSocket::kill() {
  closing_ = true;
  queue_.clear();
  farewell_sent_ = true;  // who is killed is told nothing, also where the socket has room again
  lws_set_timeout(
      wsi_, static_cast<pending_timeout>(PENDING_TIMEOUT_USER_REASON_BASE), LWS_TO_KILL_ASYNC);
}

void WebSocket::pause_reading(bool paused) {
  if (paused != paused_ && !closing_) {
    paused_ = paused;
    lws_rx_flow_control(wsi_, paused ? 0 : 1);
  }
}

void WebSocket::on_receive(std::string_view part, bool binary, bool last) {
  if (closing_) {
    return;
  }
  if (binary) {
    return close(CloseCode::kBadFrame, "frames are text");
  }
  if (incoming_.size() + part.size() > kMaxClientFrameBytes) {
    return close(CloseCode::kBadFrame, "frame too large");
  }
  incoming_ += part;
  if (!last) {
    return;
  }
  const std::string frame = std::exchange(incoming_, {});
  if (!is_utf8(frame)) {
    return close(CloseCode::kBadFrame, "not UTF-8");
  }
  events_->on_text(frame);
}

bool WebSocket::on_writable() {
  if (!queue_.empty()) {
    return write_front();
  }
  if (closing_) {
    return farewell_sent_ || write_farewell();
  }
  if (std::exchange(writing_, false)) {
    events_->on_drained();
  }
  return true;
}

// Written by hand: Debian's libwebsockets is a debug build, which on libuv calls its close function
// twice for each connection that a callback wants closed, and the second call drops the close frame
// that the first one prepared from lws_close_reason(). The peer's answer, or the timeout, ends the
// connection.
bool WebSocket::write_farewell() {
  // RFC 6455, sections 5.2 and 5.5.1: FIN and opcode 8, the length, the code, the reason.
  constexpr unsigned char kFinAndClose = 0x88;
  constexpr std::size_t kMaxReason = 123;
  const auto code = static_cast<std::uint16_t>(code_);
  const std::string_view reason = std::string_view(reason_).substr(0, kMaxReason);
  std::vector<unsigned char> buffer(LWS_PRE);
  buffer.push_back(kFinAndClose);
  buffer.push_back(static_cast<unsigned char>(reason.size() + 2));
  buffer.push_back(static_cast<unsigned char>(code >> 8U));
  buffer.push_back(static_cast<unsigned char>(code & 0xFFU));
  buffer.insert(buffer.end(), reason.begin(), reason.end());
  const std::size_t size = buffer.size() - LWS_PRE;
  farewell_sent_ = true;
  return lws_write(wsi_, buffer.data() + LWS_PRE, size, LWS_WRITE_RAW) >= static_cast<int>(size);
}

// One write for each time that libwebsockets says it can: it buffers what the kernel doesn't take,
// and says so again when that is gone.
bool WebSocket::write_front() {
  std::vector<unsigned char> buffer(LWS_PRE + queue_.front().size());
  std::memcpy(buffer.data() + LWS_PRE, queue_.front().data(), queue_.front().size());
  queue_.pop_front();
  writing_ = true;
  const std::size_t size = buffer.size() - LWS_PRE;
  if (lws_write(wsi_, buffer.data() + LWS_PRE, size, LWS_WRITE_TEXT) < static_cast<int>(size)) {
    return false;
  }
  lws_callback_on_writable(wsi_);
  return true;
}

void WebSocket::on_closed() {
  closing_ = true;
  if (const std::unique_ptr<SocketEvents> events = std::move(events_)) {
    events->on_closed();
  }
}

}  // namespace parlance::signaling
