#include "cli/folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/id.h"

namespace axonite::cli {
namespace {

class FolderTest : public testing::Test {
 protected:
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());

  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& file, const std::string& content) {
    std::filesystem::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file) << content;
  }
  std::vector<std::string> names() {
    std::vector<std::string> names;
    auto definitions = read_folder(folder_);
    if (!definitions) return {definitions.error().code};
    for (const Definition& definition : *definitions) names.push_back(definition.name);
    return names;
  }
};

std::string refers_to(const std::string& name, const std::string& type) {
  return R"({"properties":{"inner":[{"referenceName":")" + name + R"(","type":")" + type + R"("}]}})";
}

TEST_F(FolderTest, EachDefinitionComesAfterThoseItRefersTo) {
  write("linkedService/Aaa.json", refers_to("Vault", "LinkedServiceReference"));
  write("linkedService/Vault.json", R"({"name":"Vault","properties":{}})");
  write("pipeline/Child.json", R"({"properties":{}})");
  write("pipeline/A_parent.json", refers_to("child", "PipelineReference"));
  write("trigger/Daily.json", refers_to("A_parent", "PipelineReference"));
  write("dataset/Raw.json", refers_to("Aaa", "LinkedServiceReference"));
  write("notebook/Join.json", R"({"properties":{}})");
  EXPECT_EQ(names(), (std::vector<std::string>{"Vault", "Aaa", "Raw", "Join", "Child", "A_parent", "Daily"}));
}

TEST_F(FolderTest, WhatIsNotHereIsLeftToTheService) {
  write("dataset/Raw.json", refers_to("Elsewhere", "LinkedServiceReference"));
  EXPECT_EQ(names(), std::vector<std::string>{"Raw"});
}

TEST_F(FolderTest, ACircleIsRefusedByName) {
  write("pipeline/A.json", refers_to("B", "PipelineReference"));
  write("pipeline/B.json", refers_to("A", "PipelineReference"));
  auto read = read_folder(folder_);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, "ReferenceCycle");
  EXPECT_NE(read.error().message.find("A, B"), std::string::npos);
}

TEST_F(FolderTest, TheRuntimeThatIsAlwaysThereIsNotDeployed) {
  write("integrationRuntime/AutoResolveIntegrationRuntime.json", R"({"name":"AutoResolveIntegrationRuntime","properties":{"type":"Managed"}})");
  write("pipeline/P.json", R"({"properties":{}})");
  EXPECT_EQ(names(), std::vector<std::string>{"P"});
}

TEST_F(FolderTest, ATriggerSaysWhetherItRuns) {
  write("trigger/On.json", R"({"properties":{"runtimeState":"Started"}})");
  write("trigger/Off.json", R"({"properties":{"runtimeState":"Stopped"}})");
  auto read = read_folder(folder_);
  ASSERT_TRUE(read);
  EXPECT_FALSE((*read)[0].starts);
  EXPECT_TRUE((*read)[1].starts);
}

TEST_F(FolderTest, BrokenFoldersAreRefused) {
  EXPECT_EQ(names(), std::vector<std::string>{"FolderNotFound"});
  write("factory/adf.json", "{}");
  EXPECT_EQ(names(), std::vector<std::string>{"FolderEmpty"});
  write("pipeline/P.json", R"({"name":"P"})");
  EXPECT_EQ(names(), std::vector<std::string>{"InvalidDefinition"});
  write("pipeline/P.json", R"({"name":)");
  EXPECT_EQ(names(), std::vector<std::string>{"InvalidDefinition"});
}

}  // namespace
}  // namespace axonite::cli
