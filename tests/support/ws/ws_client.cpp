#include "tests/support/ws/ws_client.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parlance::test {

namespace {

constexpr std::uint8_t kOpText = 0x1;
constexpr std::uint8_t kOpClose = 0x8;
constexpr std::uint8_t kOpPing = 0x9;

bool wait_readable(int fd) {
  pollfd waiting{fd, POLLIN, 0};
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(kPatience).count();
  return poll(&waiting, 1, static_cast<int>(ms)) > 0;
}

std::string lower(std::string text) {
  std::ranges::transform(
      text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) {
    value = value << 8U | static_cast<unsigned char>(byte);
  }
  return value;
}

}  // namespace

TcpClient::TcpClient(std::uint16_t port, int receive_buffer)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) {
    // Before the connection: afterwards the peer knows of a larger window.
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* name = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (connect(fd_, name, sizeof address) != 0) {
    cut();
  }
}

TcpClient::~TcpClient() {
  cut();
}

void TcpClient::cut() {
  if (fd_ >= 0) {
    // A reset instead of a farewell.
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(std::exchange(fd_, -1));
  }
}

bool TcpClient::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool TcpClient::fill() {
  std::array<char, 65536> chunk{};
  if (fd_ < 0 || !wait_readable(fd_)) {
    return false;
  }
  const ssize_t got = recv(fd_, chunk.data(), chunk.size(), 0);
  if (got <= 0) {
    return false;
  }
  buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  return true;
}

std::optional<std::string> TcpClient::read_until(std::string_view end) {
  std::size_t at = 0;
  while ((at = buffer_.find(end)) == std::string::npos) {
    if (!fill()) {
      return std::nullopt;
    }
  }
  std::string taken = buffer_.substr(0, at + end.size());
  buffer_.erase(0, at + end.size());
  return taken;
}

std::optional<std::string> TcpClient::read_exactly(std::size_t size) {
  while (buffer_.size() < size) {
    if (!fill()) {
      return std::nullopt;
    }
  }
  std::string taken = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return taken;
}

bool TcpClient::read_end() {
  std::array<char, 4096> chunk{};
  while (fd_ >= 0 && wait_readable(fd_)) {
    if (recv(fd_, chunk.data(), chunk.size(), 0) <= 0) {
      return true;
    }
  }
  return false;
}

std::string request_text(std::string_view method,
                         std::string_view target,
                         const Headers& headers,
                         std::string_view body) {
  std::string text(method);
  text += ' ';
  text += target;
  text += " HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) {
    text += name;
    text += ": ";
    text += value;
    text += "\r\n";
  }
  if (!body.empty() || method == "POST") {
    text += "content-length: " + std::to_string(body.size()) + "\r\n";
  }
  text += "\r\n";
  text += body;
  return text;
}

HttpAnswer read_answer(TcpClient& connection, bool head) {
  HttpAnswer answer;
  const std::optional<std::string> top = connection.read_until("\r\n\r\n");
  if (!top || top->size() < 12) {
    return answer;
  }
  answer.status = std::stoi(top->substr(9, 3));
  std::size_t at = top->find("\r\n") + 2;
  while (at < top->size() - 2) {
    const std::size_t end = top->find("\r\n", at);
    const std::string line = top->substr(at, end - at);
    const std::size_t colon = line.find(':');
    const std::size_t value = line.find_first_not_of(' ', colon + 1);
    answer.headers[lower(line.substr(0, colon))] =
        value == std::string::npos ? "" : line.substr(value);
    at = end + 2;
  }
  const auto length = answer.headers.find("content-length");
  if (length != answer.headers.end() && !head) {
    answer.body = connection.read_exactly(std::stoul(length->second)).value_or("(cut short)");
  }
  return answer;
}

HttpAnswer http(std::uint16_t port,
                std::string_view method,
                std::string_view target,
                const Headers& headers,
                std::string_view body) {
  TcpClient connection(port);
  Headers all = headers;
  if (std::ranges::find(all, "host", &Headers::value_type::first) == all.end()) {
    all.emplace_back("host", "localhost:" + std::to_string(port));
  }
  if (!connection.write(request_text(method, target, all, body))) {
    return {};
  }
  return read_answer(connection, method == "HEAD");
}

WsClient::WsClient(std::uint16_t port, std::string_view target, Headers headers, int receive_buffer)
    : connection_(port, receive_buffer) {
  const auto with_default = [&headers](const char* name, const std::string& value) {
    if (std::ranges::find(headers, name, &Headers::value_type::first) == headers.end()) {
      headers.emplace_back(name, value);
    }
  };
  with_default("host", "localhost:" + std::to_string(port));
  with_default("upgrade", "websocket");
  with_default("connection", "Upgrade");
  with_default("sec-websocket-version", "13");
  with_default("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
  with_default("sec-websocket-protocol", "parlance.v1.json");
  if (connection_.write(request_text("GET", target, headers, {}))) {
    answer_ = read_answer(connection_);
  }
}

bool WsClient::send_frame(std::uint8_t opcode, std::string_view payload, bool fin) {
  constexpr std::array<char, 4> kMask{0x12, 0x34, 0x56, 0x78};
  std::string frame;
  frame += static_cast<char>(opcode | (fin ? 0x80U : 0U));
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80U | payload.size());
  } else {
    const bool wide = payload.size() > 0xFFFF;
    frame += static_cast<char>(0x80U | (wide ? 127U : 126U));
    for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8) {
      frame += static_cast<char>(payload.size() >> static_cast<unsigned>(shift) & 0xFFU);
    }
  }
  frame.append(kMask.data(), kMask.size());
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ kMask[i % kMask.size()]);
  }
  return connection_.write(frame);
}

bool WsClient::has_frame() const {
  const std::string_view bytes = connection_.buffered();
  if (bytes.size() < 2) {
    return false;
  }
  std::uint64_t size = static_cast<std::uint8_t>(bytes[1]) & 0x7FU;
  std::size_t head = 2;
  if (size >= 126) {
    const std::size_t wide = size == 126 ? 2 : 8;
    head += wide;
    size = bytes.size() < head ? bytes.size() : big_endian(bytes.substr(2, wide));
  }
  return bytes.size() >= head && bytes.size() - head >= size;
}

std::optional<std::string> WsClient::receive() {
  std::string message;
  for (;;) {
    const std::optional<std::string> head = connection_.read_exactly(2);
    if (!head) {
      return std::nullopt;
    }
    const auto first = static_cast<std::uint8_t>((*head)[0]);
    std::uint64_t size = static_cast<std::uint8_t>((*head)[1]) & 0x7FU;
    if (size >= 126) {
      size = big_endian(connection_.read_exactly(size == 126 ? 2 : 8).value_or(""));
    }
    const std::optional<std::string> payload = connection_.read_exactly(size);
    if (!payload) {
      return std::nullopt;
    }
    const std::uint8_t opcode = first & 0x0FU;
    if (opcode == kOpClose) {
      close_code_ = static_cast<std::uint16_t>(big_endian(payload->substr(0, 2)));
      return std::nullopt;
    }
    if (opcode == kOpPing) {
      continue;
    }
    message += *payload;
    if ((first & 0x80U) != 0 && opcode <= kOpText) {
      return message;
    }
  }
}

std::optional<std::uint16_t> WsClient::wait_for_close() {
  while (receive()) {
  }
  return close_code_;
}

void WsClient::close(std::uint16_t code) {
  const std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
  send_frame(kOpClose, payload);
}

}  // namespace parlance::test
