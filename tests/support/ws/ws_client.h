// A small blocking HTTP and WebSocket client for tests: it can do what is right and what is wrong.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parlance::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
  int status = 0;                              // 0: the connection broke or nothing came in time
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

inline constexpr std::chrono::seconds kPatience{20};

// A TCP connection to 127.0.0.1. Every wait ends after kPatience.
class TcpClient {
 public:
  // With a receive buffer of its own (SO_RCVBUF) the kernel takes that much for a reader that does
  // not read, and no more.
  explicit TcpClient(std::uint16_t port, int receive_buffer = 0);
  ~TcpClient();
  TcpClient(const TcpClient&) = delete;
  TcpClient& operator=(const TcpClient&) = delete;

  bool connected() const { return fd_ >= 0; }

  bool write(std::string_view bytes);
  // Bytes up to and including `end`, nothing when they don't come.
  std::optional<std::string> read_until(std::string_view end);
  std::optional<std::string> read_exactly(std::size_t size);
  // True when the server has closed the connection, waiting for that.
  bool read_end();
  // Gone without a word, as when a network is cut.
  void cut();

  // For poll(), and what has been read but not taken yet.
  int descriptor() const { return fd_; }

  const std::string& buffered() const { return buffer_; }

 private:
  bool fill();

  int fd_ = -1;
  std::string buffer_;
};

std::string request_text(std::string_view method,
                         std::string_view target,
                         const Headers& headers,
                         std::string_view body);
HttpAnswer read_answer(TcpClient& connection, bool head = false);

// One request on a connection of its own.
HttpAnswer http(std::uint16_t port,
                std::string_view method,
                std::string_view target,
                const Headers& headers = {},
                std::string_view body = {});

class WsClient {
 public:
  // Asks for the upgrade. `answer().status` is 101 when it was granted.
  WsClient(std::uint16_t port,
           std::string_view target,
           Headers headers = {},
           int receive_buffer = 0);

  const HttpAnswer& answer() const { return answer_; }

  bool open() const { return answer_.status == 101; }

  bool send_text(std::string_view text) { return send_frame(0x1, text); }

  // Any opcode (RFC 6455, section 5.2), with or without FIN.
  bool send_frame(std::uint8_t opcode, std::string_view payload, bool fin = true);

  // For poll(). A frame may be waiting in the buffer already, which poll() doesn't know.
  int descriptor() const { return connection_.descriptor(); }

  bool has_frame() const;

  // The next text frame; nothing when the server closed (close_code() says how) or nothing came.
  std::optional<std::string> receive();

  std::optional<std::uint16_t> close_code() const { return close_code_; }

  // Reads on until the server closes.
  std::optional<std::uint16_t> wait_for_close();

  void cut() { connection_.cut(); }

  void close(std::uint16_t code);

 private:
  TcpClient connection_;
  HttpAnswer answer_;
  std::optional<std::uint16_t> close_code_;
};

}  // namespace parlance::test
