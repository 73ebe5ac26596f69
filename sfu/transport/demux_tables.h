// Which transport a datagram belongs to: by the path it came on, or by the ufrag that a STUN
// request names.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sfu/ice/address.h"

namespace parlance::sfu {

class Transport;

// One per shard. Transports enter and leave themselves; a path is entered only after an
// authenticated check came on it, so strangers can't fill the table.
class DemuxTables {
 public:
  // A path changes hands where another transport was checked on it later.
  void add(const Path& path, Transport& transport) { paths_[path] = &transport; }

  // Leaves it alone where it changed hands.
  void remove(const Path& path, const Transport& transport) {
    const auto found = paths_.find(path);
    if (found != paths_.end() && found->second == &transport) {
      paths_.erase(found);
    }
  }

  Transport* find(const Path& path) const {
    const auto found = paths_.find(path);
    return found == paths_.end() ? nullptr : found->second;
  }

  // False where the ufrag is taken.
  bool add_ufrag(const std::string& ufrag, Transport& transport) {
    return ufrags_.emplace(ufrag, &transport).second;
  }

  void remove_ufrag(const std::string& ufrag) { ufrags_.erase(ufrag); }

  Transport* find_ufrag(std::string_view ufrag) const {
    const auto found = ufrags_.find(ufrag);
    return found == ufrags_.end() ? nullptr : found->second;
  }

 private:
  struct TextHash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): named by std

    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::unordered_map<Path, Transport*> paths_;
  std::unordered_map<std::string, Transport*, TextHash, std::equal_to<>> ufrags_;
};

}  // namespace parlance::sfu
