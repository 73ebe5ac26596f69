#include "bench/load/srtp.h"

#include "bench/load/gcm_srtp.h"
#include "bench/load/libsrtp.h"

namespace parlance::load {

std::unique_ptr<Srtp> make_srtp(SrtpKind kind, const SrtpKeys& keys) {
  if (kind == SrtpKind::kForMass && keys.profile == SrtpProfile::kAeadAes128Gcm) {
    return std::make_unique<GcmSrtp>(keys);
  }
  return std::make_unique<LibSrtp>(keys);
}

}  // namespace parlance::load
