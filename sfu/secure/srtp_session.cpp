#include "sfu/secure/srtp_session.h"

namespace parlance::sfu {

std::string_view to_string(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      return "AEAD_AES_128_GCM";
    case SrtpProfile::kAeadAes256Gcm:
      return "AEAD_AES_256_GCM";
    case SrtpProfile::kAes128CmSha1_80:
      return "AES_CM_128_HMAC_SHA1_80";
  }
  return "";
}

SrtpKeySizes key_sizes(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      return {.key = 16, .salt = 12};
    case SrtpProfile::kAeadAes256Gcm:
      return {.key = 32, .salt = 12};
    case SrtpProfile::kAes128CmSha1_80:
      return {.key = 16, .salt = 14};
  }
  return {};
}

}  // namespace parlance::sfu
