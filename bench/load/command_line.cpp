#include "bench/load/command_line.h"

#include <cstdio>

#include <CLI/CLI.hpp>

namespace parlance::load {

std::expected<CommandLine, int> read_command_line(int argc, char** argv) {
  CommandLine line;
  Scenario& s = line.scenario;
  auto duration = static_cast<unsigned>(s.duration.count());
  auto warm_up = static_cast<unsigned>(s.warm_up.count());
  auto late = static_cast<unsigned>(s.most_late.count());
  std::string size = "1280x720";
  bool no_video = false;
  CLI::App app("Loads a server with calls and measures what forwarding costs it.", "parlance-load");
  app.add_option("--sfu", s.sfu, "parlance, janus or mediasoup")->capture_default_str();
  app.add_option("--port", s.port, "port of its signaling on this machine")->capture_default_str();
  app.add_option("--server-pid", s.server_pid, "the process whose CPU time is counted")->required();
  app.add_option("--calls", s.calls, "calls at once")->capture_default_str();
  app.add_option("--publishers", s.publishers, "in each call")->capture_default_str();
  app.add_option("--subscribers,--light", s.light, "light subscribers in each call")
      ->capture_default_str();
  app.add_option("--full", s.full, "full subscribers in each call, that decode everything")
      ->capture_default_str();
  app.add_option("--deaf", s.deaf, "more subscribers in each call, that stop reading")
      ->capture_default_str();
  app.add_option(
         "--nackers", s.nackers, "more subscribers in each call, that ask for everything again")
      ->capture_default_str();
  app.add_option("--nacks-per-second", s.nacks_per_second, "from each of these")
      ->capture_default_str();
  app.add_flag("--meeting", s.meeting, "publishers receive each other, too");
  app.add_flag("--audio", s.audio, "publish Opus");
  app.add_flag("--no-video", no_video, "publish no VP8");
  app.add_option("--size", size, "of the picture")->capture_default_str();
  app.add_option("--fps", s.fps, "pictures a second")->capture_default_str();
  app.add_option("--bitrate", s.video_bitrate, "bits a second of video")->capture_default_str();
  app.add_option("--audio-bitrate", s.audio_bitrate, "bits a second of audio")
      ->capture_default_str();
  app.add_option("--clip", s.clip_seconds, "seconds that are encoded, and sent again and again")
      ->capture_default_str();
  app.add_option("--surge", s.surge, "video is sent so many times as fast while it is measured")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--warm-up", warm_up, "seconds before measuring")->capture_default_str();
  app.add_option("--duration", duration, "seconds to measure")->capture_default_str();
  app.add_option("--decrypt-every", s.decrypt_every, "one of how many packets is looked into")
      ->capture_default_str();
  app.add_option("--threads", s.threads, "of the generator")->capture_default_str();
  app.add_option("--most-loss", s.most_loss, "share of lost packets that makes a run void")
      ->capture_default_str();
  app.add_option("--most-late", late, "milliseconds that 1 % of frames may be late by")
      ->capture_default_str();
  app.add_option("--report", line.report, "file for the JSON report; default: standard output");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return std::unexpected(app.exit(error));
  }
  if (std::sscanf(size.c_str(), "%ux%u", &s.size.width, &s.size.height) != 2) {
    std::fputs("--size takes WIDTHxHEIGHT\n", stderr);
    return std::unexpected(2);
  }
  s.video = !no_video;
  s.duration = std::chrono::seconds(duration);
  s.warm_up = std::chrono::seconds(warm_up);
  s.most_late = std::chrono::milliseconds(late);
  return line;
}

}  // namespace parlance::load
