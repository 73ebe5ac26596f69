// What this machine can do at best: encrypting and sending what a server forwards, and nothing
// else. EVP AES-128-GCM of every packet for every subscriber, one UDP_SEGMENT train per frame and
// subscriber, read by clients as those of the load generator.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/load/clip.h"
#include "bench/load/clock.h"
#include "bench/load/udp_socket.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103  // linux/udp.h, which can't be included beside netinet/udp.h
#endif

namespace parlance::load {
namespace {

constexpr std::size_t kHeader = 24;  // RTP, transport-cc, VP8's descriptor
constexpr std::size_t kTag = 16;
constexpr std::size_t kMostSegments = 50;  // 64 KiB in one message
constexpr std::size_t kMessages = 64;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

Nanoseconds thread_cpu() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return to_nanoseconds(time);
}

Cipher make_cipher() {
  Cipher cipher(EVP_CIPHER_CTX_new());
  const std::array<std::uint8_t, 16> key{1, 2, 3};
  EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_gcm(), nullptr, key.data(), nullptr);
  return cipher;
}

struct Destination {
  std::unique_ptr<UdpSocket> reader;
  sockaddr_in address{};
  Cipher cipher = make_cipher();
  std::uint32_t sent = 0;
};

// A message of sendmmsg(): a train to one destination.
struct Message {
  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(65'536);
  std::size_t size = 0;
  std::size_t segment = 0;
  std::size_t packets = 0;
  iovec vector{};
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(std::uint16_t))> control{};
};

class Floor {
 public:
  Floor(const Clip& clip, std::size_t destinations, bool trains)
      : clip_(clip), trains_(trains), fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof own;
    auto* name = static_cast<sockaddr*>(static_cast<void*>(&own));
    if (bind(fd_, name, size) != 0 || getsockname(fd_, name, &size) != 0) {
      throw std::runtime_error("no socket");
    }
    constexpr int kBuffer = 4 * 1024 * 1024;
    setsockopt(fd_, SOL_SOCKET, SO_SNDBUFFORCE, &kBuffer, sizeof kBuffer);
    for (std::size_t i = 0; i < destinations; ++i) {
      Destination& to = destinations_.emplace_back();
      to.reader = std::make_unique<UdpSocket>("127.0.0.1", ntohs(own.sin_port));
      size = sizeof to.address;
      getsockname(
          to.reader->descriptor(), static_cast<sockaddr*>(static_cast<void*>(&to.address)), &size);
    }
  }

  ~Floor() { close(fd_); }

  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;

  void send_frame(std::size_t number) {
    flushed_at_ = thread_cpu();
    const ClipFrame& frame = clip_.frames[number % clip_.frames.size()];
    for (Destination& to : destinations_) {
      for (std::size_t at = 0; at < frame.count;) {
        const std::size_t part = std::min(frame.count - at, trains_ ? kMostSegments : 1);
        add(to, frame.first + at, part);
        at += part;
      }
    }
    flush();
  }

  void read_all() {
    for (const Destination& to : destinations_) {
      batch_.read(*to.reader, [this](std::span<std::uint8_t>, Nanoseconds) {
        received.fetch_add(1, std::memory_order_relaxed);
      });
    }
  }

  Nanoseconds crypto = 0;
  Nanoseconds sending = 0;
  std::uint64_t packets = 0;
  std::atomic<std::uint64_t> received{0};

 private:
  void add(Destination& to, std::size_t first, std::size_t count) {
    if (used_ == kMessages) {
      flush();
    }
    Message& message = messages_[used_];
    // Padded to one size, as the segments of a train must be.
    const std::size_t payload = clip_.payloads[first].size();
    message.segment = kHeader + payload + kTag;
    message.size = 0;
    message.packets = count;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& from = clip_.payloads[first + i];
      encrypt(to, from.data(), std::min(from.size(), payload), &message.bytes[message.size]);
      message.size += message.segment;
    }
    headers_[used_].msg_hdr.msg_name = &to.address;
    ++used_;
  }

  void encrypt(Destination& to, const std::uint8_t* payload, std::size_t size, std::uint8_t* out) {
    std::array<std::uint8_t, 12> iv{};
    std::memcpy(iv.data(), &to.sent, sizeof to.sent);
    ++to.sent;
    std::memcpy(out, iv.data(), iv.size());
    EVP_CIPHER_CTX* const cipher = to.cipher.get();
    int written = 0;
    EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, iv.data());
    EVP_EncryptUpdate(cipher, nullptr, &written, out, kHeader);
    EVP_EncryptUpdate(cipher, out + kHeader, &written, payload, static_cast<int>(size));
    EVP_EncryptFinal_ex(cipher, out + kHeader + size, &written);
    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, kTag, out + kHeader + size);
  }

  void flush() {
    // A look at this clock is a system call: twice for 64 messages is little enough.
    const Nanoseconds began = thread_cpu();
    crypto += began - flushed_at_;
    for (std::size_t i = 0; i < used_; ++i) {
      Message& message = messages_[i];
      message.vector = {.iov_base = message.bytes.data(), .iov_len = message.size};
      msghdr& header = headers_[i].msg_hdr;
      header.msg_namelen = sizeof(sockaddr_in);
      header.msg_iov = &message.vector;
      header.msg_iovlen = 1;
      header.msg_control = nullptr;
      header.msg_controllen = 0;
      if (message.packets > 1) {
        header.msg_control = message.control.data();
        header.msg_controllen = message.control.size();
        cmsghdr* const control = CMSG_FIRSTHDR(&header);
        control->cmsg_level = IPPROTO_UDP;
        control->cmsg_type = UDP_SEGMENT;
        control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
        const auto segment = static_cast<std::uint16_t>(message.segment);
        std::memcpy(CMSG_DATA(control), &segment, sizeof segment);
      }
      packets += message.packets;
    }
    for (std::size_t at = 0; at < used_;) {
      const int sent = sendmmsg(fd_, &headers_[at], static_cast<unsigned>(used_ - at), 0);
      if (sent <= 0) {
        throw std::runtime_error("the kernel sends no trains");
      }
      at += static_cast<std::size_t>(sent);
    }
    used_ = 0;
    flushed_at_ = thread_cpu();
    sending += flushed_at_ - began;
  }

  const Clip& clip_;
  bool trains_;
  int fd_;
  std::vector<Destination> destinations_;
  std::vector<Message> messages_ = std::vector<Message>(kMessages);
  std::array<mmsghdr, kMessages> headers_{};
  std::size_t used_ = 0;
  Nanoseconds flushed_at_ = 0;
  ReceiveBatch batch_;
};

nlohmann::json measure(const Clip& clip, std::size_t subscribers, bool trains, unsigned seconds) {
  Floor floor(clip, subscribers, trains);
  const std::jthread reader([&floor](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      floor.read_all();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  const auto frames = static_cast<std::size_t>(seconds * (kSecond / clip.interval));
  const Nanoseconds cpu = thread_cpu();
  Nanoseconds due = now_ns();
  for (std::size_t n = 0; n < frames; ++n) {
    floor.send_frame(n);
    due += clip.interval;
    const timespec at{.tv_sec = due / kSecond, .tv_nsec = due % kSecond};
    clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &at, nullptr);
  }
  const auto packets = static_cast<double>(floor.packets);
  const auto us = [packets](Nanoseconds time) {
    return static_cast<double>(time) / kMicrosecond / packets;
  };
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return {{"us_per_packet", us(thread_cpu() - cpu)},
          {"crypto_us_per_packet", us(floor.crypto)},
          {"send_us_per_packet", us(floor.sending)},
          {"packets_per_s", packets / seconds},
          {"packets_per_frame", packets / static_cast<double>(frames * subscribers)},
          {"received_share", static_cast<double>(floor.received) / packets}};
}

int measure_floor(int argc, char** argv) {
  VideoSettings settings;
  std::size_t subscribers = 400;
  unsigned seconds = 5;
  unsigned clip_seconds = 10;
  CLI::App app("Measures encrypting and sending alone.", "parlance-floor");
  app.add_option("--subscribers", subscribers, "destinations")->capture_default_str();
  app.add_option("--width", settings.size.width, "of the picture")->capture_default_str();
  app.add_option("--height", settings.size.height, "of the picture")->capture_default_str();
  app.add_option("--fps", settings.fps, "pictures a second")->capture_default_str();
  app.add_option("--bitrate", settings.bits_per_second, "bits a second")->capture_default_str();
  app.add_option("--clip", clip_seconds, "seconds that are encoded")->capture_default_str();
  app.add_option("--duration", seconds, "seconds to measure, each way")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  settings.frames = settings.fps * clip_seconds;
  const Clip clip = encode_vp8(settings);
  std::cout << nlohmann::json{{"subscribers", subscribers},
                              {"trains", measure(clip, subscribers, true, seconds)},
                              {"single", measure(clip, subscribers, false, seconds)}}
                   .dump(2)
            << "\n";
  return 0;
}

}  // namespace
}  // namespace parlance::load

int main(int argc, char** argv) {
  try {
    return parlance::load::measure_floor(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "parlance-floor: " << error.what() << "\n";
    return 1;
  }
}
