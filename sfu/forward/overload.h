// Whether a shard is given more than it can pass on.
#pragma once

namespace parlance::sfu {

// The shell tells when datagrams pile up before the shard, and when they are gone. Meanwhile video
// stops by whole frames, which is nearly all of the work, so that audio, repair and what is asked
// of the shard go on as ever.
struct Overload {
  bool now = false;
};

}  // namespace parlance::sfu
