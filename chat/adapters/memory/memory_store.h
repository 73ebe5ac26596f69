// A store that forgets: for tests and for trying things out.
#pragma once

#include <memory>

#include "chat/ports/store.h"

namespace parlance::chat {

// Keeps everything until it goes; nothing survives it. Snapshots exclude writers while they are
// open. Insists that a transaction touches only heads that its footprint announced, and so finds
// the announcement that a shared database would miss.
std::unique_ptr<Store> make_memory_store();

}  // namespace parlance::chat
