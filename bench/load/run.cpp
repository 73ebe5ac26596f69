#include "bench/load/run.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/load/certificate.h"
#include "bench/load/clip.h"
#include "bench/load/full_loop.h"
#include "bench/load/full_subscriber.h"
#include "bench/load/light_subscriber.h"
#include "bench/load/media_loop.h"
#include "bench/load/publisher.h"
#include "bench/load/send_log.h"
#include "bench/load/sfu.h"

namespace parlance::load {

namespace {

using std::chrono::milliseconds;
using Progress = std::function<void(const std::string&)>;

constexpr std::uint8_t kVideoPayload = 101;
constexpr std::uint8_t kAudioPayload = 100;
constexpr std::uint8_t kTransportCcId = 5;
constexpr Nanoseconds kPatience = 20 * kSecond;

struct Media {
  explicit Media(Clip encoded) : clip(std::move(encoded)), payloads(clip) {}

  Clip clip;
  PayloadIndex payloads;
};

struct PublishedBy {
  std::size_t call = 0;
  Sfu::ClientId client = 0;
  std::unique_ptr<SendLog> video;
  std::unique_ptr<SendLog> audio;
  std::unique_ptr<Publisher> endpoint;
  MediaLoop* loop = nullptr;
};

struct Subscribed {
  Sfu::ClientId client = 0;
  Nanoseconds entered_at = 0;
  Nanoseconds connected_at = 0;
  std::unique_ptr<LightSubscriber> endpoint;
  MediaLoop* loop = nullptr;
};

struct FullySubscribed {
  Sfu::ClientId client = 0;
  FullSubscriber* endpoint = nullptr;  // the full loop's
  std::vector<ExpectedMedia> media;
  bool begun = false;
};

class Run {
 public:
  Run(const Scenario& scenario, const Progress& progress)
      : scenario_(scenario), progress_(progress) {}

  Measured measure() {
    encode();
    sfu_ = make_sfu(scenario_.sfu, scenario_.port);
    for (std::size_t i = 0; i < scenario_.threads; ++i) {
      loops_.push_back(std::make_unique<MediaLoop>());
    }
    publish_all();
    sfu_->attend(milliseconds(500));
    measured_.resident_without_subscribers = use_of(scenario_.server_pid).resident_bytes;
    subscribe_all();
    progress_("warming up");
    sfu_->attend(scenario_.warm_up);
    progress_("measuring");
    measure_window();
    finish();
    finish_full();
    return std::move(measured_);
  }

 private:
  // Totals at one instant; the difference of two is the measured time.
  struct Totals {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t expected = 0;
    std::uint64_t sent = 0;
    std::uint64_t drops = 0;
  };

  void encode() {
    progress_("encoding");
    if (scenario_.video) {
      video_.emplace(encode_vp8({.size = scenario_.size,
                                 .fps = scenario_.fps,
                                 .bits_per_second = scenario_.video_bitrate,
                                 .frames = scenario_.fps * scenario_.clip_seconds}));
    }
    if (scenario_.audio) {
      constexpr unsigned kPacketsPerSecond = 50;
      audio_.emplace(
          encode_opus(scenario_.audio_bitrate, kPacketsPerSecond * scenario_.clip_seconds));
    }
  }

  MediaLoop& next_loop() { return *loops_[next_loop_++ % loops_.size()]; }

  LocalTerms local_terms() const { return {new_ice_credentials(), dtls_.fingerprint()}; }

  void publish_all() {
    progress_(fmt::format("{} publishers", scenario_.calls * scenario_.publishers));
    for (std::size_t call = 0; call < scenario_.calls; ++call) {
      for (std::size_t i = 0; i < scenario_.publishers; ++i) {
        publish(call);
      }
    }
    wait_for("the publishers to connect", [this] {
      return std::ranges::all_of(
          publishers_, [](const PublishedBy& one) { return connected(*one.loop, *one.endpoint); });
    });
  }

  void publish(std::size_t call) {
    PublishedBy& one = publishers_.emplace_back();
    one.call = call;
    one.client = sfu_->enter(call);
    std::vector<PublishedTrack> tracks;
    const auto ssrc = static_cast<std::uint32_t>(1000 + 10 * publishers_.size());
    if (audio_) {
      one.audio = std::make_unique<SendLog>(audio_->clip.payloads.size());
      tracks.push_back({{MediaKind::kAudio, ssrc, kAudioPayload, kTransportCcId},
                        &audio_->clip,
                        one.audio.get()});
    }
    if (video_) {
      one.video = std::make_unique<SendLog>(video_->clip.payloads.size());
      tracks.push_back({{MediaKind::kVideo, ssrc + 1, kVideoPayload, kTransportCcId},
                        &video_->clip,
                        one.video.get()});
    }
    std::vector<Track> offered;
    for (const PublishedTrack& track : tracks) {
      offered.push_back(track.track);
    }
    const LocalTerms local = local_terms();
    const RemoteTerms remote = sfu_->publish(one.client, offered, local);
    // Spread over a frame's time, as independent cameras are.
    constexpr Nanoseconds kGoldenPart = 20'601'132;
    one.endpoint =
        std::make_unique<Publisher>(remote,
                                    local.ice,
                                    dtls_,
                                    std::move(tracks),
                                    static_cast<Nanoseconds>(publishers_.size()) * kGoldenPart);
    one.loop = &next_loop();
    one.loop->add(*one.endpoint);
  }

  void subscribe_all() {
    const std::size_t each = scenario_.light;
    progress_(fmt::format("{} subscribers", scenario_.calls * each));
    for (std::size_t call = 0; call < scenario_.calls; ++call) {
      if (scenario_.meeting) {
        for (const PublishedBy& publisher : publishers_) {
          if (publisher.call == call) {
            subscribe(call, publisher.client);
          }
        }
      }
      for (std::size_t i = 0; i < each; ++i) {
        subscribe(call, std::nullopt);
      }
      for (std::size_t i = 0; i < scenario_.full; ++i) {
        subscribe_fully(call);
      }
    }
    wait_for("the subscribers to connect", [this] {
      begin_connected();
      return beginning_.empty() && begin_full_connected();
    });
    wait_for("something to see or hear at every full subscriber", [this] {
      return std::ranges::all_of(full_, [this](const FullySubscribed& one) {
        return on_full_loop(one, &FullSubscriber::complete);
      });
    });
    wait_for("media at every subscriber", [this] {
      return std::ranges::all_of(subscribers_, [](const Subscribed& one) {
        return on_loop(*one.loop, [&] { return one.endpoint->counters().first_media_at != 0; });
      });
    });
  }

  void subscribe(std::size_t call, std::optional<Sfu::ClientId> client) {
    Subscribed& one = subscribers_.emplace_back();
    one.entered_at = now_ns();
    one.client = client ? *client : sfu_->enter(call);
    const LocalTerms local = local_terms();
    const ReceiveTerms terms = sfu_->subscribe(one.client, local);
    if (terms.streams.empty()) {
      throw std::runtime_error("the server offers a subscriber nothing to receive");
    }
    std::vector<ExpectedMedia> media;
    for (const Stream& stream : terms.streams) {
      media.push_back(media_of(publisher_of(call, stream.publisher), stream.kind));
    }
    measured_.consumers += media.size();
    one.endpoint = std::make_unique<LightSubscriber>(
        terms, local.ice, dtls_, std::move(media), scenario_.decrypt_every);
    one.loop = &next_loop();
    one.loop->add(*one.endpoint);
    beginning_.push_back(&one);
    begin_connected();
  }

  void subscribe_fully(std::size_t call) {
    if (!full_loop_) {
      full_loop_.emplace(dtls_);
    }
    FullySubscribed& one = full_.emplace_back();
    one.client = sfu_->enter(call);
    one.endpoint = &full_loop_->add();
    LocalTerms local{{}, dtls_.fingerprint()};
    full_loop_->run([&] { local.ice = one.endpoint->local(); });
    const ReceiveTerms terms = sfu_->subscribe(one.client, local);
    for (const Stream& stream : terms.streams) {
      one.media.push_back(media_of(publisher_of(call, stream.publisher), stream.kind));
    }
    measured_.consumers += one.media.size();
    full_loop_->run([&] { one.endpoint->connect(terms, one.media); });
  }

  bool begin_full_connected() {
    bool all = true;
    for (FullySubscribed& one : full_) {
      if (!one.begun && on_full_loop(one, &FullSubscriber::connected)) {
        sfu_->begin(one.client);
        one.begun = true;
      }
      all = all && one.begun;
    }
    return all;
  }

  bool on_full_loop(const FullySubscribed& one, bool (FullSubscriber::*ask)() const) {
    bool answer = false;
    full_loop_->run([&] { answer = (one.endpoint->*ask)(); });
    return answer;
  }

  ExpectedMedia media_of(const PublishedBy& publisher, MediaKind kind) const {
    const bool video = kind == MediaKind::kVideo;
    const Media& media = video ? *video_ : *audio_;
    return {&media.clip, &media.payloads, video ? publisher.video.get() : publisher.audio.get()};
  }

  const PublishedBy& publisher_of(std::size_t call, std::size_t number) const {
    const auto at = std::ranges::find_if(
        publishers_, [&](const PublishedBy& one) { return one.call == call && number-- == 0; });
    if (at == publishers_.end()) {
      throw std::runtime_error("the server names a publisher that there isn't");
    }
    return *at;
  }

  void begin_connected() {
    const std::vector<Subscribed*> waiting = std::exchange(beginning_, {});
    for (Subscribed* const one : waiting) {
      if (!connected(*one->loop, *one->endpoint)) {
        beginning_.push_back(one);
        continue;
      }
      one->connected_at = now_ns();
      sfu_->begin(one->client);
    }
  }

  template <typename Done>
  void wait_for(const std::string& what, Done done) {
    const Nanoseconds give_up = now_ns() + kPatience;
    while (!done()) {
      if (now_ns() > give_up) {
        throw std::runtime_error("waited too long for " + what);
      }
      sfu_->attend(milliseconds(5));
    }
  }

  template <typename Ask>
  static bool on_loop(MediaLoop& loop, Ask ask) {
    bool answer = false;
    loop.run([&] { answer = ask(); });
    return answer;
  }

  static bool connected(MediaLoop& loop, Endpoint& endpoint) {
    Link::State state{};
    loop.run([&] { state = endpoint.link().state(); });
    if (state == Link::State::kFailed) {
      throw std::runtime_error("a DTLS handshake failed");
    }
    return state == Link::State::kConnected;
  }

  Totals totals() {
    Totals all;
    for (const auto& loop : loops_) {
      loop->run([&] {
        for (const Subscribed& one : subscribers_) {
          if (one.loop == loop.get()) {
            add(all, *one.endpoint);
          }
        }
      });
    }
    if (full_loop_) {
      full_loop_->run([&] {
        for (const FullySubscribed& one : full_) {
          all.packets += one.endpoint->counters().packets;
          all.expected += one.endpoint->expected();
          for (const ExpectedMedia& media : one.media) {
            all.sent += media.log->packets();
          }
        }
      });
    }
    return all;
  }

  static void add(Totals& all, LightSubscriber& subscriber) {
    all.packets += subscriber.counters().packets;
    all.bytes += subscriber.counters().bytes;
    all.drops += subscriber.link().socket().dropped();
    for (std::size_t i = 0; i < subscriber.reception().size(); ++i) {
      all.expected += subscriber.reception().gaps(i).totals().expected;
      all.sent += subscriber.media()[i].log->packets();
    }
  }

  void reset_histograms() {
    for (const Subscribed& one : subscribers_) {
      one.loop->run([&] { one.endpoint->counters().delay = {}; });
    }
    for (const PublishedBy& one : publishers_) {
      one.loop->run([&] { one.endpoint->counters().late = {}; });
    }
  }

  void measure_window() {
    reset_histograms();
    const double own = own_cpu_s();
    const Totals then = totals();
    const Nanoseconds began = now_ns();
    measured_.before = use_of(scenario_.server_pid);
    sfu_->attend(scenario_.duration);
    measured_.after = use_of(scenario_.server_pid);
    measured_.seconds = static_cast<double>(now_ns() - began) / kSecond;
    const Totals now = totals();
    measured_.own_cpu_s = own_cpu_s() - own;
    measured_.packets = now.packets - then.packets;
    measured_.bytes = now.bytes - then.bytes;
    measured_.expected = now.expected - then.expected;
    measured_.sent = now.sent - then.sent;
    measured_.receive_drops = now.drops - then.drops;
  }

  void finish() {
    for (const Subscribed& one : subscribers_) {
      one.loop->run([&] {
        const auto& counters = one.endpoint->counters();
        measured_.retransmitted += counters.retransmitted;
        measured_.unknown += counters.unknown;
        measured_.decrypted += counters.decrypted;
        measured_.undecryptable += counters.undecryptable;
        measured_.unrecognised += counters.unrecognised;
        measured_.transport_feedbacks += one.endpoint->reception().feedbacks();
        measured_.delay.merge(counters.delay);
        measured_.connect.add(one.connected_at - one.entered_at);
        measured_.first_media.add(counters.first_media_at - one.entered_at);
        for (std::size_t i = 0; i < one.endpoint->reception().size(); ++i) {
          measured_.silent_consumers += one.endpoint->reception().gaps(i).started() ? 0 : 1;
        }
      });
    }
    for (const PublishedBy& one : publishers_) {
      one.loop->run([&] {
        const auto& counters = one.endpoint->counters();
        measured_.late.merge(counters.late);
        measured_.refused_sends += counters.refused;
        measured_.key_frames_asked += counters.key_frames_asked;
        measured_.sent_again += counters.sent_again;
      });
    }
  }

  void finish_full() {
    for (const FullySubscribed& one : full_) {
      full_loop_->run([&] {
        const auto& counters = one.endpoint->counters();
        const auto pictures = one.endpoint->pictures();
        const auto sounds = one.endpoint->sounds();
        FullResult& full = measured_.full;
        ++full.subscribers;
        full.pictures += pictures.decoded;
        full.broken += pictures.broken + sounds.broken;
        full.unreadable += pictures.unreadable;
        full.out_of_order += pictures.out_of_order;
        full.sounds += sounds.decoded;
        full.asked_again += counters.asked_again;
        full.retransmitted += counters.retransmitted;
        full.key_frames_asked += counters.key_frames_asked;
        full.picture_delay.merge(counters.picture_delay);
        measured_.undecryptable += counters.undecryptable;
      });
    }
  }

  const Scenario& scenario_;
  const Progress& progress_;
  DtlsContext dtls_;
  std::optional<Media> video_;
  std::optional<Media> audio_;
  std::unique_ptr<Sfu> sfu_;
  std::deque<PublishedBy> publishers_;
  std::deque<Subscribed> subscribers_;
  std::vector<Subscribed*> beginning_;  // not connected yet
  std::deque<FullySubscribed> full_;
  std::vector<std::unique_ptr<MediaLoop>> loops_;
  std::optional<FullLoop> full_loop_;
  std::size_t next_loop_ = 0;
  Measured measured_;
};

}  // namespace

Measured run(const Scenario& scenario, const Progress& progress) {
  return Run(scenario, progress).measure();
}

}  // namespace parlance::load
