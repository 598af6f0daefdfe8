#include "catalog/path_pattern.h"

#include <gtest/gtest.h>

#include "catalog/datasets.h"
#include "catalog/pattern.h"

namespace axonite::catalog {
namespace {

struct Case {
  std::string_view path, pattern;
};

TEST(PathPatternTest, FilesOfASetHaveOneName) {
  constexpr Case cases[] = {
      // The example of Purview's documentation.
      {"data/22/QueriesByState_2020-03-02_1-23-5.tsv", "data/{N}/QueriesByState_{Year}-{Month}-{Day}_{N}-{N}-{N}.tsv"},
      {"in/2024/05/01/sales.csv", "in/{Year}/{Month}/{Day}/sales.csv"},
      {"in/20240501T101500Z.json", "in/{Year}{Month}{Day}T{Hour}{Minute}{Second}Z.json"},
      {"in/2024-05-01/sales7.csv", "in/{Year}-{Month}-{Day}/sales{N}.csv"},
      {"x/3f2504e0-4f89-11d3-9a0c-0305e82c3301/a.csv", "x/{GUID}/a.csv"},
      {"x/deadbeef01/a.csv", "x/{HEX}/a.csv"},
      {"loc/en-us/a.csv", "loc/{LOC}/a.csv"},
      {"t/year=2013/month=1/part-00000-3f2504e0-4f89-11d3-9a0c-0305e82c3301.c000.snappy.parquet", "t/{SparkPartitions}"},
      {"t/part-r-00017", "t/{SparkPartitions}"},
      {"t/year=2013/rows.csv", "t/year={N}/rows.csv"},
  };
  for (const Case& one : cases) EXPECT_EQ(path_pattern(one.path), one.pattern) << one.path;
}

TEST(PathPatternTest, WhatDoesNotVaryStays) {
  for (std::string_view path : {"in/people.csv", "raw/flights.csv", "a/b/c", "lib_v1.2.json", "b2b.csv", "film.mp4", "", "/", "{N}/{Year}"})
    EXPECT_EQ(path_pattern(path), path) << path;
}

TEST(PathPatternTest, FolderNamesKeepNumbersInsideWords) {
  EXPECT_EQ(path_pattern("raw2/people.csv"), "raw2/people.csv");
  EXPECT_EQ(path_pattern("raw/day7", false), "raw/day7");
  EXPECT_EQ(path_pattern("raw/7", false), "raw/{N}");
}

TEST(PathPatternTest, AccountAndContainerAreNoPartOfThePath) {
  EXPECT_EQ(name_pattern("https://a1.dfs.core.windows.net/c2/in/3.csv"), "https://a1.dfs.core.windows.net/c2/in/{N}.csv");
  for (std::string_view name : {"https://a1.dfs.core.windows.net", "https://a1.dfs.core.windows.net/2", "https://a1.dfs.core.windows.net/2/", "x"}) EXPECT_EQ(name_pattern(name), name);
}

TEST(PathPatternTest, FoldersAndWildcardsAreNoFiles) {
  EXPECT_EQ(lake_dataset("https://a.dfs.core.windows.net/c/in/1.csv").type, kResourceSetType);
  EXPECT_EQ(lake_dataset("https://a.dfs.core.windows.net/c/2024/*.csv"), (Dataset{std::string(kLakeType), "https://a.dfs.core.windows.net/c/2024"}));
  EXPECT_EQ(lake_dataset("https://a.dfs.core.windows.net/c/2024").type, kLakeType);
  EXPECT_EQ(lake_dataset("dbo.t").type, "");
}

TEST(PatternTest, LimitsAndErrors) {
  EXPECT_EQ(Pattern::compile("(", false).error().code, "InvalidRegex");
  EXPECT_FALSE(Pattern::compile(std::string(3'000, 'a'), false));
  EXPECT_TRUE(Pattern::compile(R"(\d+)", false)->matches_whole("123"));
  EXPECT_FALSE(Pattern::compile(R"(\d+)", false)->matches_whole("x123"));
  // Work without end is cut off instead.
  EXPECT_FALSE(Pattern::compile("(a+)+$", false)->find(std::string(200, 'a') + "b"));
}

}  // namespace
}  // namespace axonite::catalog
