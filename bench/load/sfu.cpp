#include "bench/load/sfu.h"

#include <stdexcept>

namespace parlance::load {

std::unique_ptr<Sfu> make_sfu(const std::string& name, std::uint16_t port) {
  if (name == "parlance" || name == "mediasoup") {
    return make_parlance(port);
  }
  if (name == "janus") {
    return make_janus(port);
  }
  throw std::runtime_error("no server called " + name + " is known");
}

}  // namespace parlance::load
