#include "bench/load/run.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/load/bad_subscriber.h"
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

// Endpoints are their loops', which are asked about them on `thread`.
struct Published {
  std::size_t call = 0;
  Sfu::ClientId client = 0;
  std::unique_ptr<SendLog> video;
  std::unique_ptr<SendLog> audio;
  Publisher* endpoint = nullptr;
  LoopThread* thread = nullptr;
};

struct Subscribed {
  Sfu::ClientId client = 0;
  Nanoseconds entered_at = 0;
  Nanoseconds connected_at = 0;  // 0: not yet
  Subscriber* endpoint = nullptr;
  LoopThread* thread = nullptr;
};

// Before the threads that receive: a frame that is sent late says nothing about the server. Needs
// root, and without it nothing changes.
void hurry() {
  constexpr int kAhead = -10;
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kAhead);
}

struct Misbehaving {
  BadSubscriber* endpoint = nullptr;
  LoopThread* thread = nullptr;
};

bool is_connected(const Link& link) {
  if (link.state() == Link::State::kFailed) {
    throw std::runtime_error("a client's connection to the server's media port failed");
  }
  return link.state() == Link::State::kConnected;
}

class Run {
 public:
  Run(const Scenario& scenario, const Progress& progress)
      : scenario_(scenario), progress_(progress) {}

  Measured measure() {
    encode();
    sfu_ = make_sfu(scenario_.sfu, scenario_.port);
    start_loops();
    publish_all();
    sfu_->attend(milliseconds(500));
    measured_.resident_without_subscribers = use_of(scenario_.server_pid).resident_bytes;
    subscribe_all();
    progress_("warming up");
    sfu_->attend(scenario_.warm_up);
    progress_("measuring");
    measure_window();
    collect();
    return std::move(measured_);
  }

 private:
  void encode() {
    progress_("encoding");
    if (scenario_.video) {
      video_ =
          std::make_unique<Media>(encode_vp8({.size = scenario_.size,
                                              .fps = scenario_.fps,
                                              .bits_per_second = scenario_.video_bitrate,
                                              .frames = scenario_.fps * scenario_.clip_seconds}));
    }
    if (scenario_.audio) {
      constexpr unsigned kPacketsPerSecond = 50;
      audio_ = std::make_unique<Media>(
          encode_opus(scenario_.audio_bitrate, kPacketsPerSecond * scenario_.clip_seconds));
    }
  }

  void start_loops() {
    publishing_ = std::make_unique<MediaLoop>();
    publishing_->thread().run(hurry);
    threads_.push_back(&publishing_->thread());
    for (std::size_t i = 0; i < scenario_.threads; ++i) {
      threads_.push_back(&loops_.emplace_back(std::make_unique<MediaLoop>())->thread());
    }
    if (scenario_.full > 0) {
      full_loop_ = std::make_unique<FullLoop>();
      threads_.push_back(&full_loop_->thread());
    }
  }

  void publish_all() {
    progress_(fmt::format("{} publishers", scenario_.calls * scenario_.publishers));
    for (std::size_t call = 0; call < scenario_.calls; ++call) {
      for (std::size_t i = 0; i < scenario_.publishers; ++i) {
        publish(call);
      }
    }
    wait_for("the publishers to connect", [this] {
      return all(publishers_, [](Published& one) { return is_connected(one.endpoint->link()); });
    });
  }

  void publish(std::size_t call) {
    Published& one = *publishers_.emplace_back(std::make_unique<Published>());
    one.call = call;
    one.client = sfu_->enter(call);
    const std::vector<PublishedTrack> tracks = make_tracks(one);
    std::vector<Track> offered(tracks.size());
    std::ranges::transform(tracks, offered.begin(), &PublishedTrack::track);
    const LocalTerms local = local_terms();
    const RemoteTerms remote = sfu_->publish(one.client, offered, local);
    // Spread over a frame's time, as independent cameras are.
    constexpr Nanoseconds kGoldenPart = 20'601'132;
    const Nanoseconds phase = static_cast<Nanoseconds>(publishers_.size()) * kGoldenPart;
    auto endpoint = std::make_unique<Publisher>(remote, local.ice, dtls_, tracks, phase);
    one.endpoint = endpoint.get();
    one.thread = add(*publishing_, std::move(endpoint));
  }

  std::vector<PublishedTrack> make_tracks(Published& one) {
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
    return tracks;
  }

  LocalTerms local_terms() const { return {new_ice_credentials(), dtls_.fingerprint()}; }

  // Receiving loops take turns.
  MediaLoop& next_loop() { return *loops_[next_loop_++ % loops_.size()]; }

  static LoopThread* add(MediaLoop& loop, std::unique_ptr<Endpoint> endpoint) {
    loop.thread().run([&] { loop.add(std::move(endpoint)); });
    return &loop.thread();
  }

  void subscribe_all() {
    progress_(fmt::format("{} subscribers", scenario_.calls * scenario_.light));
    for (std::size_t call = 0; call < scenario_.calls; ++call) {
      subscribe_to(call);
    }
    wait_for("the subscribers to connect", [this] {
      begin_connected();
      return beginning_.empty();
    });
    wait_for("media at every subscriber", [this] {
      const auto served = [](const Subscribed& one) {
        return one.endpoint->served();
      };
      return all(subscribers_, served) && all(strangers_, served);
    });
  }

  void subscribe_to(std::size_t call) {
    if (scenario_.meeting) {
      for (const auto& publisher : publishers_) {
        if (publisher->call == call) {
          subscribe(call, publisher->client);
        }
      }
    }
    for (std::size_t i = 0; i < scenario_.light; ++i) {
      subscribe(call, std::nullopt);
    }
    for (std::size_t i = 0; i < scenario_.full; ++i) {
      subscribe_fully(call);
    }
    subscribe_badly(call);
  }

  // As a client that is in the call already, or as a new one.
  void subscribe(std::size_t call, std::optional<Sfu::ClientId> client) {
    Subscribed& one = enter(call, client);
    const LocalTerms local = local_terms();
    const ReceiveTerms terms = receive_terms(one, local);
    auto endpoint = std::make_unique<LightSubscriber>(
        terms, local.ice, dtls_, media_of(call, terms), scenario_.decrypt_every);
    one.endpoint = endpoint.get();
    one.thread = add(next_loop(), std::move(endpoint));
    begin_connected();
  }

  void subscribe_fully(std::size_t call) {
    Subscribed& one = enter(call, std::nullopt);
    one.thread = &full_loop_->thread();
    std::unique_ptr<NiceLink> link;
    LocalTerms local{{}, dtls_.fingerprint()};
    one.thread->run([&] {
      link = std::make_unique<NiceLink>(full_loop_->context(), dtls_);
      local.ice = link->local();
    });
    const ReceiveTerms terms = receive_terms(one, local);
    one.endpoint = one.thread->run([&] {
      return &full_loop_->add(
          std::make_unique<FullSubscriber>(std::move(link), terms, media_of(call, terms)));
    });
  }

  void subscribe_badly(std::size_t call) {
    for (std::size_t i = 0; i < scenario_.deaf + scenario_.nackers; ++i) {
      Subscribed& one = enter_among(strangers_, call, std::nullopt);
      const LocalTerms local = local_terms();
      const ReceiveTerms terms = receive_terms(one, local);
      std::unique_ptr<BadSubscriber> endpoint;
      if (i < scenario_.deaf) {
        endpoint = std::make_unique<DeafSubscriber>(terms, local.ice, dtls_, media_of(call, terms));
      } else {
        endpoint = std::make_unique<NackingSubscriber>(
            terms, local.ice, dtls_, media_of(call, terms), scenario_.nacks_per_second);
      }
      BadSubscriber* const bad = endpoint.get();
      one.endpoint = &bad->inner();
      one.thread = add(next_loop(), std::move(endpoint));
      misbehaving_.push_back(std::make_unique<Misbehaving>(bad, one.thread));
      begin_connected();
    }
  }

  Subscribed& enter(std::size_t call, std::optional<Sfu::ClientId> client) {
    return enter_among(subscribers_, call, client);
  }

  Subscribed& enter_among(std::vector<std::unique_ptr<Subscribed>>& those,
                          std::size_t call,
                          std::optional<Sfu::ClientId> client) {
    Subscribed& one = *those.emplace_back(std::make_unique<Subscribed>());
    one.entered_at = now_ns();
    one.client = client ? *client : sfu_->enter(call);
    beginning_.push_back(&one);
    return one;
  }

  ReceiveTerms receive_terms(const Subscribed& one, const LocalTerms& local) {
    ReceiveTerms terms = sfu_->subscribe(one.client, local);
    if (terms.streams.empty()) {
      throw std::runtime_error("the server offers a subscriber nothing to receive");
    }
    return terms;
  }

  std::vector<ExpectedMedia> media_of(std::size_t call, const ReceiveTerms& terms) const {
    std::vector<ExpectedMedia> media;
    for (const Stream& stream : terms.streams) {
      const Published& publisher = publisher_of(call, stream.publisher);
      const bool video = stream.kind == MediaKind::kVideo;
      const Media& sent = video ? *video_ : *audio_;
      media.push_back({.clip = &sent.clip,
                       .payloads = &sent.payloads,
                       .log = video ? publisher.video.get() : publisher.audio.get()});
    }
    return media;
  }

  const Published& publisher_of(std::size_t call, std::size_t number) const {
    const auto at = std::ranges::find_if(
        publishers_, [&](const auto& one) { return one->call == call && number-- == 0; });
    if (at == publishers_.end()) {
      throw std::runtime_error("the server names a publisher that there isn't");
    }
    return **at;
  }

  // Media may come to those whose transport stands by now.
  void begin_connected() {
    for_each(beginning_, [](Subscribed& one) {
      if (is_connected(one.endpoint->link())) {
        one.connected_at = now_ns();
      }
    });
    std::erase_if(beginning_, [this](const Subscribed* one) {
      const bool connected = one->connected_at != 0;
      if (connected) {
        sfu_->begin(one->client);
      }
      return connected;
    });
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

  // Does the work with each, on the thread that its endpoint lives on.
  template <typename Some, typename Work>
  void for_each(const Some& some, Work work) const {
    for (LoopThread* const thread : threads_) {
      for_each_on(*thread, some, work);
    }
  }

  template <typename Some, typename Work>
  static void for_each_on(LoopThread& thread, const Some& some, Work& work) {
    auto here = some | std::views::filter([&](const auto& one) { return one->thread == &thread; });
    if (!here.empty()) {
      thread.run([&] { std::ranges::for_each(here, [&](const auto& one) { work(*one); }); });
    }
  }

  template <typename Some, typename Ask>
  bool all(const Some& some, Ask ask) const {
    bool yes = true;
    for_each(some, [&](auto& one) { yes = yes && ask(one); });
    return yes;
  }

  Traffic traffic() const {
    Traffic all;
    for_each(subscribers_, [&](const Subscribed& one) { all += one.endpoint->traffic(); });
    return all;
  }

  void measure_window() {
    for_each(subscribers_, [](const Subscribed& one) { one.endpoint->begin_measuring(); });
    for_each(publishers_, [this](const Published& one) {
      one.endpoint->surge(scenario_.surge);
      one.endpoint->begin_measuring();
    });
    for_each(misbehaving_, [](const Misbehaving& one) { one.endpoint->begin_measuring(); });
    const double own = own_cpu_s();
    const Traffic then = traffic();
    const Nanoseconds began = now_ns();
    measured_.before = use_of(scenario_.server_pid);
    sfu_->attend(scenario_.duration);
    measured_.after = use_of(scenario_.server_pid);
    measured_.seconds = static_cast<double>(now_ns() - began) / kSecond;
    measured_.traffic = traffic() - then;
    measured_.own_cpu_s = own_cpu_s() - own;
    for_each(misbehaving_,
             [this](const Misbehaving& one) { measured_.bad += one.endpoint->conduct(); });
    measured_.bad_subscribers = misbehaving_.size();
  }

  void collect() {
    for_each(subscribers_, [this](const Subscribed& one) {
      one.endpoint->add_to(measured_);
      measured_.connect.add(one.connected_at - one.entered_at);
      measured_.first_media.add(one.endpoint->first_media_at() - one.entered_at);
    });
    for_each(publishers_, [this](const Published& one) { one.endpoint->add_to(measured_); });
  }

  const Scenario& scenario_;
  const Progress& progress_;
  DtlsContext dtls_;
  std::unique_ptr<Media> video_;  // null: none is published
  std::unique_ptr<Media> audio_;
  std::unique_ptr<Sfu> sfu_;
  std::vector<std::unique_ptr<Published>> publishers_;
  std::vector<std::unique_ptr<Subscribed>> subscribers_;
  std::vector<std::unique_ptr<Subscribed>> strangers_;  // who misbehave: not measured
  std::vector<std::unique_ptr<Misbehaving>> misbehaving_;
  std::vector<Subscribed*> beginning_;     // not connected yet
  std::unique_ptr<MediaLoop> publishing_;  // publishers only
  std::vector<std::unique_ptr<MediaLoop>> loops_;
  std::unique_ptr<FullLoop> full_loop_;  // null: nobody is full
  std::vector<LoopThread*> threads_;     // of all
  std::size_t next_loop_ = 0;
  Measured measured_;
};

}  // namespace

Measured run(const Scenario& scenario, const Progress& progress) {
  return Run(scenario, progress).measure();
}

}  // namespace parlance::load
