#include "tests/support/ws/tls.h"

#include <array>
#include <cstdio>
#include <memory>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace parlance::test {

namespace {

template <typename T, void (*Free)(T*)>
struct Freer {
  void operator()(T* object) const { Free(object); }
};

template <typename T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, Freer<T, Free>>;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

}  // namespace

void write_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  const Owned<EVP_PKEY, EVP_PKEY_free> pair(EVP_EC_gen("P-256"));
  const Owned<X509, X509_free> x509(X509_new());
  constexpr long kDay = 24L * 60 * 60;
  ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(x509.get()), kDay);
  X509_set_pubkey(x509.get(), pair.get());
  X509_NAME* const name = X509_get_subject_name(x509.get());
  constexpr std::array<unsigned char, 10> kHost{"localhost"};
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, kHost.data(), -1, -1, 0);
  X509_set_issuer_name(x509.get(), name);
  X509_sign(x509.get(), pair.get(), EVP_sha256());
  const File certificate_file(std::fopen(certificate.c_str(), "w"), std::fclose);
  PEM_write_X509(certificate_file.get(), x509.get());
  const File key_file(std::fopen(key.c_str(), "w"), std::fclose);
  PEM_write_PrivateKey(key_file.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

std::string over_tls(std::uint16_t port, std::string_view bytes, std::string_view end) {
  const Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_client_method()));
  const Owned<BIO, BIO_free_all> connection(BIO_new_ssl_connect(context.get()));
  const std::string host = "127.0.0.1:" + std::to_string(port);
  BIO_set_conn_hostname(connection.get(), host.c_str());
  std::string received;
  if (BIO_do_connect(connection.get()) <= 0 ||
      BIO_write(connection.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) {
    return received;
  }
  std::array<char, 4096> chunk{};
  while (received.find(end) == std::string::npos) {
    const int got = BIO_read(connection.get(), chunk.data(), static_cast<int>(chunk.size()));
    if (got <= 0) {
      break;
    }
    received.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return received;
}

}  // namespace parlance::test
