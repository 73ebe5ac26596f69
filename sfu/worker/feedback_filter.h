// A second socket on a port, to which the kernel gives RTCP only.
#pragma once

namespace parlance::sfu {

// Hundreds of subscribers report thousands of times a second, and to be woken for each report costs
// more than to read it. Reports can wait a moment where media can't, so they get a socket of their
// own, which is looked at less often.
//
// For the first of two sockets that are bound to one address and allow SO_REUSEPORT. False where
// the kernel refuses: it would then share out the datagrams, and the second has to be closed.
bool filter_feedback(int media_fd);

}  // namespace parlance::sfu
