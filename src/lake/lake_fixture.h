#pragma once
// A lake in a temporary folder with the account "acct" and the file system "raw", for unit tests.
#include <gtest/gtest.h>

#include "base/id.h"
#include "lake/namespace.h"

namespace axonite::lake {

// Grants everything to "owner", reading to "reader", nothing to others.
class RolesByName : public identity::Authorizer {
 public:
  Result<void> authorize(const identity::Principal& who, std::string_view, std::string_view, identity::RoleSystem) const override { return decide(who.object_id == "owner"); }
  Result<void> authorize_data(const identity::Principal& who, std::string_view action, std::string_view) const override {
    return decide(who.object_id == "owner" || (who.object_id == "reader" && action.ends_with("/read")));
  }

 private:
  static Result<void> decide(bool granted) { return granted ? ok() : std::unexpected(forbidden("AuthorizationFailed", "No.")); }
};

class LakeFixture : public ::testing::Test {
 protected:
  LakeFixture() : folder_(std::filesystem::temp_directory_path() / ("axonite-lake-" + new_uuid())) {
    std::filesystem::create_directories(folder_);
    open();
    EXPECT_TRUE(lake->create_account("acct", "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acct", true));
    EXPECT_TRUE(lake->create_filesystem(at(""), {}, ""));
  }
  ~LakeFixture() override {
    lake.reset();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    lake.reset();
    auto opened = Lake::open(folder_, roles, system_clock());
    ASSERT_TRUE(opened) << opened.error().log;
    lake = std::move(*opened);
  }
  static Location at(std::string path) { return {"acct", "raw", std::move(path)}; }
  Content content(std::string_view bytes) {
    ContentWriter writer = lake->new_content();
    EXPECT_TRUE(writer.append(bytes));
    return std::move(*writer.seal());
  }
  Result<Node> put(const std::string& path, std::string_view bytes, Guard guard = {}) { return lake->put(at(path), content(bytes), {}, guard); }
  std::string read(const std::string& path) {
    auto snapshot = lake->snapshot(at(path));
    if (!snapshot) return snapshot.error().code;
    std::string bytes((*snapshot)->node.size, '\0');
    auto got = lake->read_at(**snapshot, 0, bytes);
    return got && *got == bytes.size() ? bytes : "unreadable";
  }
  static identity::Principal caller(const std::string& name) { return {.kind = identity::Principal::Kind::service_principal, .object_id = name}; }
  static std::string code(const auto& result) { return result ? "ok" : result.error().code; }

  std::filesystem::path folder_;
  RolesByName roles;
  std::unique_ptr<Lake> lake;
};

}  // namespace axonite::lake
