#pragma once
// The local certificate authority: made once per data directory, it signs a leaf for every host that is served.
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "net/tls.h"

namespace axonite::net {

class CertificateAuthority {
 public:
  // Reads directory/ca.pem and directory/ca.key (mode 0600), or makes them; also bundle.pem (the system's roots and
  // ours, for programs whose CA variable replaces the roots) and trust.p12 (for Java, password "changeit").
  static Result<std::unique_ptr<CertificateAuthority>> open(const std::filesystem::path& directory);
  ~CertificateAuthority();

  // A context whose leaf covers `host`; kept for later. "" and local names share one that covers localhost, 127.0.0.1,
  // ::1 and the names of `extra`.
  Result<std::shared_ptr<TlsContext>> context_for(std::string_view host);
  // A context of its own for TDS or gRPC, covering the local names and `names`.
  Result<std::shared_ptr<TlsContext>> local_context(const std::vector<std::string>& names, bool max_version_12, std::string_view alpn = {});
  // Certificate chain and key of a leaf for the local names, as PEM; for gRPC, which takes texts.
  struct Leaf {
    std::string certificate_pem, key_pem;
  };
  Result<Leaf> local_leaf(const std::vector<std::string>& names);
  const std::string& certificate_pem() const { return certificate_pem_; }

 private:
  struct Keys;
  explicit CertificateAuthority(std::unique_ptr<Keys> keys, std::string certificate_pem);
  Result<Leaf> sign(const std::vector<std::string>& names) const;

  std::unique_ptr<Keys> keys_;
  std::string certificate_pem_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<TlsContext>> contexts_;
};

}  // namespace axonite::net
