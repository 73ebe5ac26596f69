// One participant's media without a browser, told by lines on its standard input what to do:
//   connect send|recv UFRAG PASSWORD FINGERPRINT ADDRESS PORT PRIORITY   the server's transport
//   produce                                                             an Opus packet each 20 ms
//   move send|recv LOCAL_ADDRESS UFRAG PASSWORD                         another network, after an
//   ICE restart
// It ends with its input. What it has to say goes out as lines of JSON: first the fingerprints,
// then the state, ten times a second.
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string>

#include <poll.h>
#include <unistd.h>

#include "tests/support/media_client/media_client.h"
#include "tests/support/media_client/rtp_source.h"

namespace parlance::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPacketTime{20};
constexpr std::chrono::milliseconds kReportTime{100};

// What came in on standard input, line by line, without waiting.
class Input {
 public:
  bool ended() const { return ended_; }

  std::optional<std::string> next_line() {
    fill();
    const std::size_t end = buffer_.find('\n');
    if (end == std::string::npos) {
      return std::nullopt;
    }
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    return line;
  }

 private:
  void fill() {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (poll(&input, 1, 0) != 1) {
      return;
    }
    std::array<char, 4096> chunk{};
    const ssize_t got = read(STDIN_FILENO, chunk.data(), chunk.size());
    if (got <= 0) {
      ended_ = true;
      return;
    }
    buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  }

  std::string buffer_;
  bool ended_ = false;
};

class Participant {
 public:
  Participant(const std::string& local_ip, rtp::Ssrc ssrc)
      : send_(local_ip), recv_(local_ip), source_(ssrc) {}

  void introduce() const {
    std::printf("{\"fingerprints\":{\"send\":\"%s\",\"recv\":\"%s\"}}\n",
                send_.dtls_parameters().fingerprints.at(0).value.c_str(),
                recv_.dtls_parameters().fingerprints.at(0).value.c_str());
    std::fflush(stdout);
  }

  // False where nobody knows what is meant.
  bool obey(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "produce") {
      next_packet_ = Clock::now();
      return true;
    }
    std::string which;
    words >> which;
    MediaClient& client = which == "send" ? send_ : recv_;
    if (verb == "connect") {
      return connect(client, words);
    }
    return verb == "move" && move(client, words);
  }

  void run_once() {
    for (MediaClient* const client : {&send_, &recv_}) {
      client->run_once();
      client->rtcp.clear();
    }
    received_ += recv_.rtp.size();
    recv_.rtp.clear();
    const auto now = Clock::now();
    while (next_packet_ && *next_packet_ <= now) {
      *next_packet_ += kPacketTime;
      send_.send_rtp(source_.next());
    }
    if (now >= next_report_) {
      next_report_ = now + kReportTime;
      report();
    }
  }

 private:
  static bool connect(MediaClient& client, std::istringstream& words) {
    sfu::TransportDescription server;
    sfu::IceCandidate candidate;
    sfu::DtlsFingerprint fingerprint;
    words >> server.ice.username_fragment >> server.ice.password >> fingerprint.value >>
        candidate.address >> candidate.port >> candidate.priority;
    if (words.fail()) {
      return false;
    }
    candidate.foundation = std::string("1");
    fingerprint.algorithm = std::string("sha-256");
    server.candidates.push_back(candidate);
    server.dtls.fingerprints.push_back(fingerprint);
    client.connect(server);
    return true;
  }

  static bool move(MediaClient& client, std::istringstream& words) {
    std::string local_ip;
    sfu::IceParameters ice;
    words >> local_ip >> ice.username_fragment >> ice.password;
    if (words.fail()) {
      return false;
    }
    client.move_to(local_ip, ice);
    return true;
  }

  static void print(const char* name, MediaClient& client) {
    std::printf(R"("%s":{"connected":%s,"closed":%s,"local":"%s"},)",
                name,
                client.connected() ? "true" : "false",
                client.closed() ? "true" : "false",
                client.ice().local_address().c_str());
  }

  void report() {
    std::printf("{");
    print("send", send_);
    print("recv", recv_);
    std::printf("\"sent\":%u,\"received\":%llu,\"undecryptable\":%llu}\n",
                source_.sent(),
                static_cast<unsigned long long>(received_),
                static_cast<unsigned long long>(recv_.undecryptable));
    std::fflush(stdout);
  }

  MediaClient send_;
  MediaClient recv_;
  RtpSource source_;
  std::optional<Clock::time_point> next_packet_;
  Clock::time_point next_report_{};
  std::uint64_t received_ = 0;
};

int run(const std::string& local_ip, rtp::Ssrc ssrc) {
  Participant participant(local_ip, ssrc);
  participant.introduce();
  Input input;
  while (!input.ended()) {
    while (const auto line = input.next_line()) {
      if (!participant.obey(*line)) {
        std::fprintf(stderr, "not understood: %s\n", line->c_str());
        return 2;
      }
    }
    participant.run_once();
  }
  return 0;
}

}  // namespace
}  // namespace parlance::test

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s LOCAL_ADDRESS SSRC\n", argv[0]);
    return 2;
  }
  return parlance::test::run(argv[1], static_cast<parlance::rtp::Ssrc>(std::stoul(argv[2])));
}
