// A certificate of our own and a client that trusts anybody, for tests of TLS.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace parlance::test {

// Writes a fresh self-signed certificate and its key (PEM).
void write_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key);

// Sends `bytes` over TLS to 127.0.0.1 and returns what comes until `end` is in it or the server
// closes. Empty when there was no handshake.
std::string over_tls(std::uint16_t port, std::string_view bytes, std::string_view end);

}  // namespace parlance::test
