// One HTTP request to the server on this machine, over TLS where its certificate is known.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace parlance::server {

struct LocalRequest {
  std::string method;
  std::string url;  // "https://127.0.0.1:8080/admin/load"
  std::string token;
  std::string body;
  // Of an https URL: the only certificate that is believed, whatever name it carries.
  std::filesystem::path certificate;
};

struct LocalResponse {
  int status = 0;
  std::string body;
};

// Blocks, ten seconds at most. The error is a text for the operator.
std::expected<LocalResponse, std::string> send_request(const LocalRequest& request);

}  // namespace parlance::server
