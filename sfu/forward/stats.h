// Statistics of producers and consumers under mediasoup's names.
#pragma once

#include "base/time.h"
#include "sfu/api/media_engine.h"
#include "sfu/forward/consumer.h"
#include "sfu/forward/producer.h"

namespace parlance::sfu {

// type 'inbound-rtp', one entry per encoding. `unix_ms` is the entry's timestamp.
void append_stats(Timestamp now, UnixMillis unix_ms, const Producer& producer, Stats& out);

// type 'outbound-rtp'.
void append_stats(Timestamp now, UnixMillis unix_ms, Consumer& consumer, Stats& out);

}  // namespace parlance::sfu
