#include "net/certificate_authority.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <vector>

#include "base/file.h"
#include "base/id.h"
#include "base/text.h"

namespace axonite::net {
namespace {

template <class T, void (*Free)(T*)>
struct Freer {
  void operator()(T* value) const { Free(value); }
};
using CertificatePointer = std::unique_ptr<X509, Freer<X509, X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;
using BioPointer = std::unique_ptr<BIO, Freer<BIO, BIO_free_all>>;

constexpr int kAuthorityDays = 3650;
constexpr int kLeafDays = 397;  // what browsers accept at most
constexpr std::size_t kContextsMax = 1024;
constexpr const char* kSystemRoots = "/etc/ssl/certs/ca-certificates.crt";
constexpr const char* kTrustPassword = "changeit";

KeyPointer new_key() { return KeyPointer(EVP_EC_gen("P-256")); }

std::string pem_of(X509* certificate) {
  BioPointer bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  char* data = nullptr;
  long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(EVP_PKEY* key) {
  BioPointer bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void set_serial(X509* certificate) {
  std::string bytes = random_bytes(16);
  bytes[0] = static_cast<char>(bytes[0] & 0x7F);
  BIGNUM* number = BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  if (!extension) return;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

CertificatePointer new_certificate(EVP_PKEY* key, std::string_view common_name, int days) {
  CertificatePointer certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  set_serial(certificate.get());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400L * days);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.data()),
                             static_cast<int>(std::min<std::size_t>(common_name.size(), 64)), -1, 0);
  return certificate;
}

CertificatePointer new_authority(EVP_PKEY* key) {
  CertificatePointer certificate = new_certificate(key, "Axonite local authority " + new_uuid().substr(0, 8), kAuthorityDays);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  add_extension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

bool is_address(const std::string& name) {
  unsigned char buffer[16];
  return ::inet_pton(AF_INET, name.c_str(), buffer) == 1 || ::inet_pton(AF_INET6, name.c_str(), buffer) == 1;
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + std::string(is_address(name) ? "IP:" : "DNS:") + name;
  return text;
}

// Java takes an entry of a PKCS12 store as trusted only with this attribute (Oracle's trustedKeyUsage, value anyExtendedKeyUsage).
void mark_trusted(PKCS12_SAFEBAG* bag) {
  static const int id = OBJ_create("2.16.840.1.113894.746875.1.1", "trustedKeyUsage", "Java trusted key usage");
  ASN1_OBJECT* any = OBJ_txt2obj("2.5.29.37.0", 1);
  X509_ATTRIBUTE* attribute = X509_ATTRIBUTE_new();
  X509_ATTRIBUTE_set1_object(attribute, OBJ_nid2obj(id));
  X509_ATTRIBUTE_set1_data(attribute, V_ASN1_OBJECT, any, -1);
  // The bag has attributes already (its friendly name); OpenSSL 3.0 has no call that adds one.
  sk_X509_ATTRIBUTE_push(const_cast<STACK_OF(X509_ATTRIBUTE)*>(PKCS12_SAFEBAG_get0_attrs(bag)), attribute);
  ASN1_OBJECT_free(any);
}

std::string trust_store(X509* certificate) {
  STACK_OF(PKCS12_SAFEBAG)* bags = nullptr;
  PKCS12_SAFEBAG* bag = PKCS12_add_cert(&bags, certificate);
  PKCS12_add_friendlyname_utf8(bag, "axonite", -1);
  mark_trusted(bag);
  STACK_OF(PKCS7)* safes = nullptr;
  PKCS12_add_safe(&safes, bags, NID_aes_256_cbc, 0, kTrustPassword);
  PKCS12* store = PKCS12_add_safes(safes, 0);
  PKCS12_set_mac(store, kTrustPassword, -1, nullptr, 0, 0, EVP_sha256());
  unsigned char* data = nullptr;
  int size = i2d_PKCS12(store, &data);
  std::string bytes(reinterpret_cast<char*>(data), static_cast<std::size_t>(std::max(size, 0)));
  OPENSSL_free(data);
  PKCS12_free(store);
  sk_PKCS7_pop_free(safes, PKCS7_free);
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  return bytes;
}

// bundle.pem follows the system's roots as they change; trust.p12 only needs to be there.
Result<void> write_trust_files(const std::filesystem::path& directory, X509* certificate) {
  std::string bundle = read_file(kSystemRoots).value_or("") + "\n" + pem_of(certificate);
  if (read_file(directory / "bundle.pem").value_or("") != bundle) CHECK_OK(write_file_durably(directory / "bundle.pem", bundle, 0644));
  if (!std::filesystem::exists(directory / "trust.p12")) CHECK_OK(write_file_durably(directory / "trust.p12", trust_store(certificate), 0644));
  return ok();
}

const std::vector<std::string> kLocalNames{"localhost", "127.0.0.1", "::1"};

}  // namespace

struct CertificateAuthority::Keys {
  KeyPointer key;
  CertificatePointer certificate;
};

CertificateAuthority::CertificateAuthority(std::unique_ptr<Keys> keys, std::string certificate_pem)
    : keys_(std::move(keys)), certificate_pem_(std::move(certificate_pem)) {}
CertificateAuthority::~CertificateAuthority() = default;

Result<std::unique_ptr<CertificateAuthority>> CertificateAuthority::open(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  auto keys = std::make_unique<Keys>();
  auto key_text = read_file(directory / "ca.key");
  auto certificate_text = read_file(directory / "ca.pem");
  if (key_text && certificate_text) {
    BioPointer key_bio(BIO_new_mem_buf(key_text->data(), static_cast<int>(key_text->size())));
    BioPointer certificate_bio(BIO_new_mem_buf(certificate_text->data(), static_cast<int>(certificate_text->size())));
    keys->key.reset(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
    keys->certificate.reset(PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr));
    if (!keys->key || !keys->certificate || X509_check_private_key(keys->certificate.get(), keys->key.get()) != 1) {
      ERR_clear_error();
      return std::unexpected(internal("the certificate authority in the data directory cannot be read"));
    }
    std::string pem = pem_of(keys->certificate.get());
    CHECK_OK(write_trust_files(directory, keys->certificate.get()));
    return std::unique_ptr<CertificateAuthority>(new CertificateAuthority(std::move(keys), std::move(pem)));
  }
  keys->key = new_key();
  keys->certificate = new_authority(keys->key.get());
  std::string pem = pem_of(keys->certificate.get());
  CHECK_OK(write_file_durably(directory / "ca.key", pem_of(keys->key.get()), 0600));
  CHECK_OK(write_trust_files(directory, keys->certificate.get()));
  CHECK_OK(write_file_durably(directory / "ca.pem", pem, 0644));  // last: its presence says that all are there
  return std::unique_ptr<CertificateAuthority>(new CertificateAuthority(std::move(keys), std::move(pem)));
}

Result<CertificateAuthority::Leaf> CertificateAuthority::sign(const std::vector<std::string>& names) const {
  KeyPointer key = new_key();
  CertificatePointer leaf = new_certificate(key.get(), names.front(), kLeafDays);
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(keys_->certificate.get()));
  add_extension(leaf.get(), keys_->certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf.get(), keys_->certificate.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(leaf.get(), keys_->certificate.get(), NID_ext_key_usage, "serverAuth");
  add_extension(leaf.get(), keys_->certificate.get(), NID_subject_key_identifier, "hash");
  add_extension(leaf.get(), keys_->certificate.get(), NID_authority_key_identifier, "keyid:always");
  add_extension(leaf.get(), keys_->certificate.get(), NID_subject_alt_name, alternative_names(names));
  if (X509_sign(leaf.get(), keys_->key.get(), EVP_sha256()) == 0) return std::unexpected(internal("a certificate could not be signed"));
  return Leaf{pem_of(leaf.get()) + certificate_pem_, pem_of(key.get())};
}

Result<CertificateAuthority::Leaf> CertificateAuthority::local_leaf(const std::vector<std::string>& names) {
  std::vector<std::string> all = kLocalNames;
  all.insert(all.end(), names.begin(), names.end());
  return sign(all);
}

Result<std::shared_ptr<TlsContext>> CertificateAuthority::local_context(const std::vector<std::string>& names, bool max_version_12,
                                                                        std::string_view alpn) {
  TRY(Leaf leaf, local_leaf(names));
  return TlsContext::create(leaf.certificate_pem, leaf.key_pem, max_version_12, alpn);
}

Result<std::shared_ptr<TlsContext>> CertificateAuthority::context_for(std::string_view host) {
  std::string key = text::to_lower(host);
  bool safe = std::ranges::all_of(key, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == ':' || c == '_'; });
  if (!safe || key.size() > 253) return std::unexpected(invalid("TlsHandshakeFailed", "The server name is not a host name."));
  if (key.empty() || std::ranges::find(kLocalNames, key) != kLocalNames.end()) key.clear();
  std::lock_guard lock(mutex_);
  if (auto found = contexts_.find(key); found != contexts_.end()) return found->second;
  TRY(Leaf leaf, sign(key.empty() ? kLocalNames : std::vector<std::string>{key}));
  TRY(auto context, TlsContext::create(leaf.certificate_pem, leaf.key_pem, false, "http/1.1"));
  if (contexts_.size() >= kContextsMax) contexts_.erase(contexts_.begin());
  contexts_.emplace(key, context);
  return context;
}

}  // namespace axonite::net
