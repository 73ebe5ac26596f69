// A name for a content: the same text has the same, another text another.
#pragma once

#include <string>
#include <string_view>

namespace parlance::signaling {

// The first 16 bytes of SHA-256 as base64url, 22 characters.
std::string content_hash(std::string_view content);

}  // namespace parlance::signaling
