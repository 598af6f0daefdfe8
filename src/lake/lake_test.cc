#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "lake/lake_fixture.h"

namespace axonite::lake {
namespace {

using LakeTest = LakeFixture;

Guard only_if_absent() { return {{.if_none_match = "*"}, ""}; }

TEST_F(LakeTest, ReadsBackSmallAndLargeContentAlsoAfterReopening) {
  std::string large(300'000, 'x');
  ASSERT_TRUE(put("a/small", "hello"));
  ASSERT_TRUE(put("a/large", large));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(read("a/small"), "hello");
    EXPECT_EQ(read("a/large"), large);
    EXPECT_EQ(read("a/none"), "PathNotFound");
    open();
  }
  ASSERT_TRUE(put("a/large", "now small"));
  EXPECT_EQ(read("a/large"), "now small");
  EXPECT_EQ(code(put("a/small/below", "x")), "PathConflict");
  EXPECT_EQ(code(put("a", "x")), "PathConflict");
  EXPECT_EQ(code(put("a//b", "x")), "InvalidResourceName");
}

TEST_F(LakeTest, AppendsBecomeVisibleByFlushInAnyOrder) {
  ASSERT_TRUE(put("f", ""));
  ASSERT_TRUE(lake->append(at("f"), 5, content("world"), ""));
  ASSERT_TRUE(lake->append(at("f"), 0, content("hello"), ""));
  EXPECT_EQ(read("f"), "");
  EXPECT_EQ(code(lake->flush(at("f"), 11, false, nullptr, {})), "InvalidFlushPosition");
  ASSERT_TRUE(lake->flush(at("f"), 10, false, nullptr, {}));
  EXPECT_EQ(read("f"), "helloworld");
  std::string large(200'000, 'y');
  ASSERT_TRUE(lake->append(at("f"), 10, content(large), ""));
  ASSERT_TRUE(lake->flush(at("f"), 200'010, false, nullptr, {}));
  EXPECT_EQ(read("f"), "helloworld" + large);
}

TEST_F(LakeTest, BlockListsChooseCommittedAndStagedBlocks) {
  ASSERT_TRUE(lake->put_block(at("b"), "MQ==", content("one"), ""));
  ASSERT_TRUE(lake->put_block(at("b"), "Mg==", content("two"), ""));
  EXPECT_EQ(read("b"), "PathNotFound");
  ASSERT_TRUE(lake->put_block_list(at("b"), {{BlockSource::latest, "MQ=="}, {BlockSource::latest, "Mg=="}}, {}, {}));
  EXPECT_EQ(read("b"), "onetwo");
  ASSERT_TRUE(lake->put_block(at("b"), "Mw==", content("three"), ""));
  ASSERT_TRUE(lake->put_block_list(at("b"), {{BlockSource::uncommitted, "Mw=="}, {BlockSource::committed, "MQ=="}}, {}, {}));
  EXPECT_EQ(read("b"), "threeone");
  EXPECT_EQ(code(lake->put_block_list(at("b"), {{BlockSource::uncommitted, "MQ=="}}, {}, {})), "InvalidBlockList");
  EXPECT_EQ(code(lake->put_block(at("b"), "not base64", content("x"), "")), "InvalidQueryParameterValue");
}

TEST_F(LakeTest, RenamesDirectoriesWholeAndKeepsEtags) {
  ASSERT_TRUE(put("d/x/1", "one"));
  std::string etag = put("d/2", "two")->etag();
  EXPECT_EQ(read("d/2"), "two");
  ASSERT_TRUE(lake->rename(at("d"), at("e"), {}, {}));
  EXPECT_EQ(read("d/2"), "PathNotFound");
  EXPECT_EQ(read("e/2"), "two");
  EXPECT_EQ(read("e/x/1"), "one");
  EXPECT_EQ(lake->stat(at("e/2"))->etag(), etag);
  EXPECT_EQ(code(lake->rename(at("e"), at("e/f"), {}, {})), "InvalidRenameSourcePath");
  EXPECT_EQ(code(lake->rename(at("none"), at("f"), {}, {})), "SourcePathNotFound");
  EXPECT_EQ(code(lake->rename(at("e/2"), at("no/where"), {}, {})), "RenameDestinationParentPathNotFound");
  EXPECT_EQ(code(lake->rename(at("e/2"), at("e/x/1"), {}, only_if_absent())), "PathAlreadyExists");
  EXPECT_EQ(read("e/x/1"), "one");
}

TEST_F(LakeTest, PutAndRenameOntoOneNameHaveExactlyOneWinner) {
  for (int round = 0; round < 10; ++round) {
    std::string target = "log/" + std::to_string(round);
    ASSERT_TRUE(put("log/keep", ""));
    std::atomic<int> winners = 0, losers = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      std::string temporary = "tmp-" + std::to_string(i);
      ASSERT_TRUE(put(temporary, "t"));
      threads.emplace_back([&, i, temporary] {
        auto outcome = i % 2 ? put(target, std::to_string(i), only_if_absent()) : lake->rename(at(temporary), at(target), {}, only_if_absent());
        if (outcome) ++winners;
        else if (outcome.error().code == "PathAlreadyExists") ++losers;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(losers, 7);
  }
}

TEST_F(LakeTest, ConditionsAndLeasesGuardWrites) {
  std::string etag = put("f", "1")->etag();
  EXPECT_EQ(code(put("f", "2", {{.if_match = "0x1"}, ""})), "ConditionNotMet");
  ASSERT_TRUE(put("f", "2", {{.if_match = "\"" + etag + "\""}, ""}));
  EXPECT_EQ(code(put("f", "3", {{.if_match = etag}, ""})), "ConditionNotMet");
  EXPECT_EQ(code(put("none", "3", {{.if_match = "*"}, ""})), "ConditionNotMet");
  auto lease = lake->lease(at("f"), {.seconds = -1}, {});
  ASSERT_TRUE(lease);
  EXPECT_EQ(code(put("f", "4")), "LeaseIdMissing");
  EXPECT_EQ(code(put("f", "4", {{}, new_uuid()})), "LeaseIdMismatchWithBlobOperation");
  ASSERT_TRUE(put("f", "4", {{}, lease->id}));
  EXPECT_EQ(code(lake->lease(at("f"), {.seconds = -1}, {})), "LeaseAlreadyPresent");
  EXPECT_EQ(code(lake->remove(at("f"), false, {})), "LeaseIdMissing");
  ASSERT_TRUE(lake->lease(at("f"), {.action = LeaseRequest::Action::break_, .break_seconds = 0}, {}));
  ASSERT_TRUE(lake->remove(at("f"), false, {}));
}

TEST_F(LakeTest, RolesDecideFirstThenAcls) {
  ASSERT_TRUE(put("d/f", "x"));
  EXPECT_TRUE(lake->allow(caller("owner"), Right::write, at("d/f")));
  EXPECT_TRUE(lake->allow(caller("reader"), Right::read, at("d/f")));
  EXPECT_EQ(code(lake->allow(caller("reader"), Right::write, at("d/f"))), "AuthorizationPermissionMismatch");
  EXPECT_EQ(code(lake->allow(caller("guest"), Right::read, at("d/f"))), "AuthorizationPermissionMismatch");
  auto set = [&](const std::string& path, const std::string& acl) {
    ASSERT_TRUE(lake->edit(at(path), {}, [&](Node& node) -> Result<void> {
      TRY(node.acl, normalize_acl(acl));
      return ok();
    }));
  };
  set("", "user::rwx,group::r-x,other::--x");
  set("d/f", "user::rw-,group::r--,other::---,user:guest:r--");
  EXPECT_EQ(code(lake->allow(caller("guest"), Right::read, at("d/f"))), "AuthorizationPermissionMismatch") << "no execute on d";
  set("d", "user::rwx,group::r-x,other::---,user:guest:--x");
  EXPECT_TRUE(lake->allow(caller("guest"), Right::read, at("d/f")));
  EXPECT_EQ(code(lake->allow(caller("guest"), Right::write, at("d/f"))), "AuthorizationPermissionMismatch");
  EXPECT_EQ(code(lake->allow(caller("other"), Right::read, at("d/f"))), "AuthorizationPermissionMismatch");
}

TEST_F(LakeTest, ViewsCheckTheirCaller) {
  auto owner = lake->view(caller("owner")), guest = lake->view(caller("guest"));
  auto writer = owner->create(at("v/f"));
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->append(std::string(100'000, 'v')));
  EXPECT_EQ(code(owner->stat(at("v/f"))), "PathNotFound");
  ASSERT_TRUE((*writer)->commit());
  auto reader = owner->open(at("v/f"));
  ASSERT_TRUE(reader);
  ASSERT_TRUE(owner->remove(at("v/f"), false));
  std::string bytes(10, '\0');
  EXPECT_EQ(*(*reader)->read_at(99'995, bytes), 5u) << "a reader keeps what it opened";
  EXPECT_EQ(code(guest->list(at(""), true)), "AuthorizationPermissionMismatch");
  EXPECT_EQ(code(guest->create(at("v/g"))), "AuthorizationPermissionMismatch");
}

TEST_F(LakeTest, RemovesTreesAtOnceAndSweepsOrphans) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(put("t/" + std::to_string(i) + "/f", std::string(70'000, 'z')));
  EXPECT_EQ(code(lake->remove(at("t"), false, {})), "DirectoryNotEmpty");
  ASSERT_TRUE(lake->remove(at("t"), true, {}));
  (void)content(std::string(80'000, 'o'));  // sealed, never named
  open();
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "content")) files += entry.is_regular_file();
  EXPECT_EQ(files, 0u);
}

TEST_F(LakeTest, ListsInByteOrderOfFullPathsFromAnyPlace) {
  std::mt19937 random(7);
  const std::string letters = "a-b/0.";
  std::set<std::string> model;
  for (int i = 0; i < 150; ++i) {
    std::string path;
    for (int size = 1 + static_cast<int>(random() % 7); size > 0; --size) path += letters[random() % letters.size()];
    if (!put(path, "x")) continue;  // refused names and conflicts
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) model.insert(path.substr(0, slash));
    model.insert(path);
  }
  ASSERT_GT(model.size(), 60u);
  for (const std::string& from : std::vector<std::string>{"", "a", "a-", "a/", "a-b", "a/b", "b-a/0", "0.a"})
    for (const std::string& prefix : std::vector<std::string>{"", "a", "a/", "a/b", "b-"})
      for (std::size_t page : {1u, 3u, 5000u}) {
        std::vector<std::string> expected, got;
        for (const std::string& path : model)
          if (path >= from && path.starts_with(prefix)) expected.push_back(path);
        ListOptions options{.prefix = prefix, .from = from, .count_max = page};
        do {
          auto listing = lake->list(at(""), options);
          ASSERT_TRUE(listing);
          for (const Node& node : listing->nodes) got.push_back(node.path);
          options.from = listing->next;
        } while (!options.from.empty());
        EXPECT_EQ(got, expected) << "from '" << from << "' prefix '" << prefix << "' page " << page;
      }
}

TEST(Acl, ChangesKeepWhatTheyDoNotName) {
  std::string base = *normalize_acl("user::rwx,group::r-x,other::---");
  std::string both = *changed_acl(base, AclMode::modify, "user:u:r-x,default:user:u:r--", true);
  EXPECT_EQ(both, *normalize_acl("user::rwx,group::r-x,other::---,user:u:r-x,default:user:u:r--"));
  EXPECT_EQ(*changed_acl(base, AclMode::modify, "user:u:r-x,default:user:u:r--", false), *normalize_acl("user::rwx,group::r-x,other::---,user:u:r-x"));
  EXPECT_EQ(both.find("user:u") == std::string::npos, false);
  EXPECT_EQ(changed_acl(both, AclMode::remove, "user:u,default:user:u", true)->find("user:u"), std::string::npos);
  EXPECT_EQ(*changed_acl(both, AclMode::set, "user::r--,group::---,other::---", false), "user::r--,group::---,other::---");
  EXPECT_FALSE(changed_acl(base, AclMode::remove, "user:", true));
  EXPECT_FALSE(changed_acl(base, AclMode::modify, "user:u", true));
}

TEST_F(LakeFixture, ChecksAccessByRoleThenByList) {
  ASSERT_TRUE(put("d/f", "x"));
  ASSERT_TRUE(lake->edit(at("d/f"), {}, [](Node& node) -> Result<void> {
    TRY(node.acl, normalize_acl("user::rw-,group::---,other::---,user:guest:r--"));
    return ok();
  }));
  auto check = [&](const char* who, unsigned access, const char* path = "d/f") { return code(lake->check_access(caller(who), access, at(path))); };
  EXPECT_EQ(check("owner", access_read | access_write), "ok");
  EXPECT_EQ(check("reader", access_read), "ok");
  EXPECT_EQ(check("reader", access_write), "AuthorizationPermissionMismatch");
  EXPECT_EQ(check("guest", access_read), "AuthorizationPermissionMismatch");  // no way through the directories
  for (const char* path : {"", "d"})
    ASSERT_TRUE(lake->edit(at(path), {}, [](Node& node) -> Result<void> {
      TRY(node.acl, normalize_acl("user::rwx,group::---,other::---,user:guest:--x"));
      return ok();
    }));
  EXPECT_EQ(check("guest", access_read), "ok");
  EXPECT_EQ(check("guest", access_write), "AuthorizationPermissionMismatch");
}

}  // namespace
}  // namespace axonite::lake
