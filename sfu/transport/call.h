// One call on one shard; private to this folder.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "sfu/api/media_engine.h"
#include "sfu/forward/router.h"
#include "sfu/transport/pipe_port.h"
#include "sfu/transport/ready_heap.h"
#include "sfu/transport/transport.h"

namespace parlance::sfu {

// A router's part on this shard, with the transports of its participants that are here. The router
// goes first: it detaches from them.
class Call final : public TimedOwner, public Waker {
 public:
  Call(RouterId id,
       RouterPart part,
       const ForwardContext& context,
       std::vector<MediaEvent>& events,
       ReadyHeap& ready)
      : ready_(ready), router(id, part, context, events, *this) {}

  void on_timeout(Timestamp now, Outbox&) override {
    router.on_timeout(now);
    ready_.schedule(*this, router.next_timeout());
  }

  void on_bug() noexcept override {}

  void wake_at(Timestamp) override { ready_.schedule(*this, router.next_timeout()); }

  Transport* transport(TransportId id) const {
    const auto found = transports.find(id);
    return found == transports.end() ? nullptr : found->second.get();
  }

  PipePort* pipe_port(ProducerId id) const {
    const auto found = pipe_ports.find(id);
    return found == pipe_ports.end() ? nullptr : found->second.get();
  }

 private:
  ReadyHeap& ready_;

 public:
  std::unordered_map<TransportId, std::unique_ptr<Transport>> transports;
  std::unordered_map<ProducerId, std::unique_ptr<PipePort>> pipe_ports;
  Router router;
};

}  // namespace parlance::sfu
