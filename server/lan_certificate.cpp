#include "server/lan_certificate.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace parlance::server {

namespace {

// Apple's systems refuse certificates that hold for more than 825 days.
constexpr long kSecondsPerDay = 24L * 60 * 60;
constexpr long kHoldsForDays = 800;
constexpr long kRenewBeforeDays = 30;

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Serial = std::unique_ptr<ASN1_INTEGER, Freed<ASN1_INTEGER_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;

bool add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  // 64 random bits: browsers refuse two certificates of one issuer with the same serial number.
  std::array<unsigned char, 8> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return false;
  }
  bytes[0] &= 0x7FU;
  const Number number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  const Serial serial(number ? BN_to_ASN1_INTEGER(number.get(), nullptr) : nullptr);
  return serial && X509_set_serialNumber(certificate, serial.get()) == 1;
}

std::string alternative_names(const std::vector<std::string>& addresses,
                              const std::string& host_name) {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  if (!host_name.empty()) {
    names += fmt::format(",DNS:{0},DNS:{0}.local", host_name);
  }
  for (const std::string& address : addresses) {
    names += ",IP:" + address;
  }
  return names;
}

Certificate make_certificate(EVP_PKEY* key, const std::string& names) {
  Certificate certificate(X509_new());
  X509* x509 = certificate.get();
  if (!certificate || X509_set_version(x509, X509_VERSION_3) != 1 || !set_serial(x509)) {
    return nullptr;
  }
  // An hour back, for machines whose clock is a little behind.
  X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), kHoldsForDays * kSecondsPerDay);
  constexpr std::array<unsigned char, 9> kName = {'P', 'a', 'r', 'l', 'a', 'n', 'c', 'e', '\0'};
  X509_NAME* name = X509_get_subject_name(x509);
  const bool made =
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, kName.data(), -1, -1, 0) == 1 &&
      X509_set_issuer_name(x509, name) == 1 && X509_set_pubkey(x509, key) == 1 &&
      add_extension(x509, NID_subject_alt_name, names) &&
      add_extension(x509, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(x509, NID_ext_key_usage, "serverAuth") &&
      X509_sign(x509, key, EVP_sha256()) > 0;
  return made ? std::move(certificate) : nullptr;
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

Certificate read_certificate(const std::filesystem::path& file) {
  const auto text = read_text(file);
  if (!text) {
    return nullptr;
  }
  const Memory memory(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  return Certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

bool still_good(const std::filesystem::path& file,
                const std::vector<std::string>& addresses,
                const std::string& host_name) {
  const Certificate certificate = read_certificate(file);
  if (!certificate) {
    return false;
  }
  int days = 0;
  int seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get())) != 1 ||
      days < kRenewBeforeDays) {
    return false;
  }
  for (const std::string& address : addresses) {
    if (X509_check_ip_asc(certificate.get(), address.c_str(), 0) != 1) {
      return false;
    }
  }
  return host_name.empty() ||
         X509_check_host(certificate.get(), host_name.c_str(), 0, 0, nullptr) == 1;
}

}  // namespace

std::expected<signaling::TlsFiles, std::string> lan_certificate(
    const DataFolder& folder,
    const std::vector<std::string>& addresses,
    const std::string& host_name) {
  signaling::TlsFiles files{folder.path() / kLanCertificateFile, folder.path() / kLanKeyFile};
  std::error_code ignored;
  if (std::filesystem::exists(files.key, ignored) &&
      still_good(files.certificate, addresses, host_name)) {
    return files;
  }
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate =
      key ? make_certificate(key.get(), alternative_names(addresses, host_name)) : nullptr;
  const Memory key_text(BIO_new(BIO_s_mem()));
  const Memory certificate_text(BIO_new(BIO_s_mem()));
  if (!certificate ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1 ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1) {
    return std::unexpected("OpenSSL could not make a certificate for --lan");
  }
  if (!folder.write_private(kLanKeyFile, text_of(key_text.get())) ||
      !folder.write_private(kLanCertificateFile, text_of(certificate_text.get()))) {
    return std::unexpected(
        fmt::format("the certificate for --lan can't be written to {}", folder.path().string()));
  }
  return files;
}

}  // namespace parlance::server
