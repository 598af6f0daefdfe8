#include "net/tls.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/file.h"
#include "base/id.h"
#include "net/certificate_authority.h"

namespace axonite::net {
namespace {

constexpr std::chrono::seconds kSoon{3};

class TlsTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  std::unique_ptr<CertificateAuthority> authority_ = *CertificateAuthority::open(directory_);

  // What the server reads when a client of `server_name` says "hello" and ends.
  std::string hello_over_tls(const std::string& server_name, std::shared_ptr<TlsContext> trusted) {
    auto [near, far] = stream_pair();
    std::string heard;
    std::thread server([&, far = std::move(far)]() mutable {
      auto stream = tls_accept(std::move(far), [&](std::string_view name) { return authority_->context_for(name); }, in(kSoon));
      char buffer[16];
      while (stream) {
        auto got = (*stream)->read(buffer, in(kSoon));
        if (!got) heard += "!" + got.error().code;
        if (!got || *got == 0) return;
        heard.append(buffer, *got);
      }
    });
    auto client = tls_connect(std::move(near), std::move(trusted), server_name, in(kSoon));
    if (client) {
      EXPECT_TRUE((*client)->write("hello", in(kSoon)));
      (*client)->finish();
    }
    server.join();  // before the client closes: a close over unread session tickets resets the connection
    return heard;
  }
};

TEST_F(TlsTest, ServesALeafForTheNameThatIsAsked) {
  auto trusted = *TlsContext::client(authority_->certificate_pem());
  EXPECT_EQ(hello_over_tls("kv.vault.azure.net", trusted), "hello");
  EXPECT_EQ(hello_over_tls("localhost", trusted), "hello");
}

TEST_F(TlsTest, AClientOfAnotherAuthorityRefuses) {
  auto other = *CertificateAuthority::open(directory_ / "other");
  EXPECT_EQ(hello_over_tls("kv.vault.azure.net", *TlsContext::client(other->certificate_pem())), "");
}

TEST_F(TlsTest, RefusesNamesThatAreNoHosts) {
  EXPECT_FALSE(authority_->context_for("a,DNS:evil.test"));
  EXPECT_FALSE(authority_->context_for(std::string(300, 'a')));
  EXPECT_TRUE(authority_->context_for("a-b.c_d.test"));
}

TEST_F(TlsTest, KeepsOneContextPerName) {
  EXPECT_EQ(*authority_->context_for("A.test"), *authority_->context_for("a.test"));
  EXPECT_NE(*authority_->context_for("a.test"), *authority_->context_for("b.test"));
  EXPECT_EQ(*authority_->context_for(""), *authority_->context_for("127.0.0.1"));
}

TEST_F(TlsTest, GarbageIsNoHandshake) {
  auto [near, far] = stream_pair();
  EXPECT_TRUE(near->write("\x16\x03\x01 this is no ClientHello at all, and long enough to be looked at", in(kSoon)));
  auto outcome = tls_accept(std::move(far), [&](std::string_view name) { return authority_->context_for(name); }, in(kSoon));
  EXPECT_FALSE(outcome);
}

TEST_F(TlsTest, ASilentClientIsGivenUp) {
  auto [near, far] = stream_pair();
  auto outcome = tls_accept(std::move(far), [&](std::string_view name) { return authority_->context_for(name); }, in(std::chrono::milliseconds(20)));
  EXPECT_EQ(outcome.error().code, "ConnectionTimeout");
}

TEST_F(TlsTest, TheAuthorityOutlivesItsProcess) {
  auto again = CertificateAuthority::open(directory_);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->certificate_pem(), authority_->certificate_pem());
  EXPECT_EQ(std::filesystem::status(directory_ / "ca.key").permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(TlsTest, MissingTrustFilesAreMadeAgain) {
  std::filesystem::remove(directory_ / "trust.p12");
  std::filesystem::remove(directory_ / "bundle.pem");
  ASSERT_TRUE(CertificateAuthority::open(directory_));
  EXPECT_TRUE(std::filesystem::exists(directory_ / "trust.p12"));
  EXPECT_TRUE(read_file(directory_ / "bundle.pem")->ends_with(authority_->certificate_pem()));
}

TEST_F(TlsTest, ABrokenAuthorityIsNotReplacedInSilence) {
  std::filesystem::remove(directory_ / "ca.key");
  ASSERT_TRUE(write_file_durably(directory_ / "ca.key", "no key"));
  EXPECT_FALSE(CertificateAuthority::open(directory_));
  std::filesystem::remove(directory_ / "ca.key");
  auto other = CertificateAuthority::open(directory_ / "other");
  std::filesystem::copy_file(directory_ / "other/ca.key", directory_ / "ca.key");
  EXPECT_FALSE(CertificateAuthority::open(directory_)) << "a key that does not fit the certificate";
}

}  // namespace
}  // namespace axonite::net
