// What a run does.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

#include "bench/load/picture.h"

namespace parlance::load {

struct Scenario {
  std::string sfu = "parlance";
  std::uint16_t port = 8080;  // of the server's signaling on this machine
  pid_t server_pid = 0;

  std::size_t calls = 1;
  std::size_t publishers = 1;  // in each call
  std::size_t light = 10;      // subscribers in each call
  std::size_t full = 0;        // more of them, as browsers are
  std::size_t deaf = 0;        // subscribers in each call that read nothing once they are served
  std::size_t nackers = 0;     // subscribers in each call that ask for everything again
  unsigned nacks_per_second = 10'000;  // by each of them
  bool meeting = false;                // publishers receive each other, too
  bool audio = false;
  bool video = true;

  Size size{1280, 720};
  unsigned fps = 30;
  unsigned video_bitrate = 1'500'000;
  unsigned audio_bitrate = 32'000;
  unsigned clip_seconds = 10;
  unsigned surge = 1;  // video is sent so many times as fast while it is measured

  std::chrono::seconds warm_up{2};
  std::chrono::seconds duration{10};
  unsigned decrypt_every = 20;
  std::size_t threads = 1;

  // What makes a run void.
  double most_loss = 0.001;
  std::chrono::milliseconds most_late{20};  // 99th percentile of frames begun after their time
};

}  // namespace parlance::load
