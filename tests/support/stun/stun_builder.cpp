#include "tests/support/stun/stun_builder.h"

#include <algorithm>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace parlance::test {

namespace {

constexpr std::uint32_t kCookie = 0x2112A442;
constexpr std::size_t kHeaderSize = 20;
constexpr std::size_t kIntegrityAttributeSize = 24;
constexpr std::size_t kFingerprintAttributeSize = 8;

std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1U) != 0 ? crc >> 1U ^ 0xEDB88320U : crc >> 1U;
    }
  }
  return ~crc;
}

std::array<std::uint8_t, 20> hmac_sha1(std::span<const std::uint8_t> bytes,
                                       const std::string& key) {
  std::array<std::uint8_t, 20> digest{};
  unsigned size = 0;
  HMAC(EVP_sha1(),
       key.data(),
       static_cast<int>(key.size()),
       bytes.data(),
       bytes.size(),
       digest.data(),
       &size);
  return digest;
}

void set_length(std::vector<std::uint8_t>& message, std::size_t body) {
  message[2] = static_cast<std::uint8_t>(body >> 8U);
  message[3] = static_cast<std::uint8_t>(body & 0xFFU);
}

std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {static_cast<const std::uint8_t*>(static_cast<const void*>(text.data())), text.size()};
}

void append(std::vector<std::uint8_t>& message,
            std::uint16_t type,
            std::span<const std::uint8_t> value) {
  std::array<std::uint8_t, 4> head{};
  ByteWriter writer(head);
  writer.u16(type);
  writer.u16(static_cast<std::uint16_t>(value.size()));
  message.insert(message.end(), head.begin(), head.end());
  message.insert(message.end(), value.begin(), value.end());
  message.resize((message.size() + 3) / 4 * 4);
}

void append_u32(std::vector<std::uint8_t>& message, std::uint16_t type, std::uint32_t value) {
  std::array<std::uint8_t, 4> bytes{};
  ByteWriter(bytes).u32(value);
  append(message, type, bytes);
}

// Both are computed over the message before them, its length counting them in (RFC
// 8489 14.5, 14.7).
void append_integrity(std::vector<std::uint8_t>& message, const std::string& password) {
  set_length(message, message.size() - kHeaderSize + kIntegrityAttributeSize);
  append(message, 0x0008, hmac_sha1(message, password));
}

void append_fingerprint(std::vector<std::uint8_t>& message) {
  set_length(message, message.size() - kHeaderSize + kFingerprintAttributeSize);
  append_u32(message, 0x8028, crc32(message) ^ 0x5354554EU);
}

std::optional<sfu::SocketAddress> parse_xor_address(ByteReader value,
                                                    std::span<const std::uint8_t> transaction) {
  value.skip(1);
  const std::uint8_t family = value.u8();
  const auto port = static_cast<std::uint16_t>(value.u16() ^ kCookie >> 16U);
  std::array<std::uint8_t, 16> mask{};
  ByteWriter writer(mask);
  writer.u32(kCookie);
  writer.bytes(transaction);
  const auto ip = value.rest();
  std::array<std::uint8_t, 16> plain{};
  std::ranges::transform(ip, mask, plain.begin(), [](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(a ^ b);
  });
  if (family == 1 && ip.size() == 4) {
    return sfu::SocketAddress::v4({plain[0], plain[1], plain[2], plain[3]}, port);
  }
  if (family == 2 && ip.size() == 16) {
    return sfu::SocketAddress::v6(plain, port);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::uint8_t> Check::bytes() const {
  std::vector<std::uint8_t> message(kHeaderSize);
  ByteWriter header(message);
  header.u16(type);
  header.u16(0);
  header.u32(kCookie);
  header.bytes(transaction);
  if (!username.empty()) {
    append(message, 0x0006, as_bytes(username));
  }
  if (priority) {
    append_u32(message, 0x0024, *priority);
  }
  const std::array<std::uint8_t, 8> tie_breaker = {1, 1, 1, 1, 1, 1, 1, 1};
  append(message, controlled ? 0x8029 : 0x802A, tie_breaker);
  if (use_candidate) {
    append(message, 0x0025, {});
  }
  if (nomination) {
    append_u32(message, nomination_type, *nomination);
  }
  if (extra_attribute) {
    append(message, *extra_attribute, {});
  }
  if (integrity) {
    append_integrity(message, password);
  }
  if (fingerprint) {
    append_fingerprint(message);
  }
  set_length(message, message.size() - kHeaderSize);
  return message;
}

std::vector<std::uint8_t> sign(std::span<const std::uint8_t> attributes,
                               const std::string& username,
                               const std::string& password) {
  Check check;
  check.username = username;
  check.integrity = false;
  check.fingerprint = false;
  std::vector<std::uint8_t> message = check.bytes();
  message.insert(message.end(), attributes.begin(), attributes.end());
  message.resize((message.size() + 3) / 4 * 4);
  append_integrity(message, password);
  append_fingerprint(message);
  return message;
}

Answer parse_answer(std::span<const std::uint8_t> bytes, const std::string& password) {
  Answer answer;
  ByteReader reader(bytes);
  answer.type = reader.u16();
  reader.skip(6);
  const auto transaction = reader.bytes(12);
  while (reader.remaining() > 0) {
    const std::size_t at = reader.position();
    std::vector<std::uint8_t> before(bytes.begin(),
                                     bytes.begin() + static_cast<std::ptrdiff_t>(at));
    const std::uint16_t type = reader.u16();
    const std::uint16_t length = reader.u16();
    const auto value = reader.bytes(length);
    reader.skip((4U - length % 4U) % 4U);
    if (!reader.ok()) {
      return {};
    }
    if (type == 0x0009 && length >= 4) {
      answer.error_code = value[2] * 100 + value[3];
    } else if (type == 0x0020) {
      answer.mapped = parse_xor_address(ByteReader(value), transaction);
    } else if (type == 0x0008) {
      answer.has_integrity = true;
      set_length(before, at - kHeaderSize + kIntegrityAttributeSize);
      answer.integrity_ok = std::ranges::equal(value, hmac_sha1(before, password));
    } else if (type == 0x8028) {
      answer.fingerprint_ok = ByteReader(value).u32() == (crc32(before) ^ 0x5354554EU);
    }
  }
  return answer;
}

}  // namespace parlance::test
