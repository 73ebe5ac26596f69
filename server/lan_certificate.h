// A certificate of the server's own, so that browsers on a local network give camera and
// microphone.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "server/data_folder.h"
#include "signaling/server/signaling_server.h"

namespace parlance::server {

// Takes the one of the data folder if it holds for all these names and for a while yet, else makes
// one (ECDSA P-256, self-signed). Browsers warn of it once. The error is a text for the operator.
std::expected<signaling::TlsFiles, std::string> lan_certificate(
    const DataFolder& folder,
    const std::vector<std::string>& addresses,
    const std::string& host_name);

}  // namespace parlance::server
