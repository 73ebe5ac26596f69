// The system's secure random generator, and names that nobody guesses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace parlance::signaling {

// Never fails: without randomness the process ends.
void fill_random(std::span<std::uint8_t> out);

// Base64url (RFC 4648, section 5) without padding.
std::string base64url(std::span<const std::uint8_t> bytes);

// `bytes` random bytes as base64url.
std::string random_token(std::size_t bytes);

}  // namespace parlance::signaling
