#include "server/certificate_client.h"

#include <array>
#include <charconv>
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace parlance::server {

namespace {

constexpr timeval kPatience = {10, 0};
constexpr std::size_t kMaxAnswerBytes = 4ULL * 1024 * 1024;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

using Bio = std::unique_ptr<BIO, FreeBio>;
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

struct Url {
  bool tls = false;
  std::string host_and_port;
  std::string path;
};

Url split(std::string_view url) {
  Url parts;
  parts.tls = url.starts_with("https://");
  url.remove_prefix(std::min(url.size(), url.find("//") + 2));
  const std::size_t slash = std::min(url.find('/'), url.size());
  parts.host_and_port = url.substr(0, slash);
  parts.path = slash < url.size() ? url.substr(slash) : "/";
  return parts;
}

// Believes that certificate and no other. A self-signed one is its own anchor; of one that an
// authority signed only the leaf is asked for.
Context context_for(const std::filesystem::path& certificate) {
  Context context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_load_verify_file(context.get(), certificate.c_str()) != 1) {
    return nullptr;
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
  return context;
}

bool exchange(BIO* stream, std::string_view question, std::string& answer) {
  while (!question.empty()) {
    const int written = BIO_write(stream, question.data(), static_cast<int>(question.size()));
    if (written <= 0) {
      return false;
    }
    question.remove_prefix(static_cast<std::size_t>(written));
  }
  std::array<char, 16'384> buffer{};
  for (;;) {
    const int got = BIO_read(stream, buffer.data(), static_cast<int>(buffer.size()));
    if (got <= 0) {
      return !answer.empty();
    }
    answer.append(buffer.data(), static_cast<std::size_t>(got));
    if (answer.size() > kMaxAnswerBytes) {
      return false;
    }
  }
}

// HTTP/1.0 asks for an answer in one piece, ended by the end of the connection.
std::string write_request(const LocalRequest& request, const Url& url) {
  return fmt::format(
      "{} {} HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n"
      "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      request.method,
      url.path,
      url.host_and_port,
      request.token,
      request.body.size(),
      request.body);
}

LocalResponse read_response(const std::string& answer) {
  LocalResponse response;
  const std::size_t space = answer.find(' ');
  const std::size_t head = answer.find("\r\n\r\n");
  if (space == std::string::npos || head == std::string::npos) {
    return response;
  }
  std::from_chars(answer.data() + space + 1, answer.data() + head, response.status);
  response.body = answer.substr(head + 4);
  return response;
}

}  // namespace

std::expected<LocalResponse, std::string> send_request(const LocalRequest& request) {
  const Url url = split(request.url);
  const auto unreachable = [&](std::string_view why) {
    return std::unexpected(fmt::format(
        "no server answers at {}: {}; is it running, with this data folder?", request.url, why));
  };
  Bio stream(BIO_new_connect(url.host_and_port.c_str()));
  if (!stream || BIO_do_connect(stream.get()) != 1) {
    return unreachable("it takes no connection");
  }
  int socket = -1;
  BIO_get_fd(stream.get(), &socket);
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  Context context;
  if (url.tls) {
    context = context_for(request.certificate);
    if (!context) {
      return unreachable(
          fmt::format("its certificate {} can't be read", request.certificate.string()));
    }
    Bio tls(BIO_new_ssl(context.get(), 1));
    stream.reset(BIO_push(tls.release(), stream.release()));
    if (BIO_do_handshake(stream.get()) != 1) {
      return unreachable("it shows another certificate");
    }
  }
  std::string answer;
  if (!exchange(stream.get(), write_request(request, url), answer)) {
    return unreachable("it closed the connection");
  }
  return read_response(answer);
}

}  // namespace parlance::server
