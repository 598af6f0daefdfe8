#include "tsql/parser.h"

#include <gtest/gtest.h>

#include "tsql/failure.h"

namespace axonite::tsql {
namespace {

int error_of(std::string_view text) {
  auto block = parse_batch(text);
  return block ? 0 : message_of(block.error()).number;
}

TEST(Parser, ReadsABatchOfManyStatementsWithoutSemicolons) {
  auto block = parse_batch("DECLARE @i int = 1 SET @i += 1 IF @i > 1 BEGIN PRINT 'x' END ELSE SELECT 1 SELECT 2");
  ASSERT_TRUE(block) << block.error().message;
  EXPECT_EQ(block->size(), 4u);
}

TEST(Parser, MultiplicationBindsTighterThanAddition) {
  auto expression = parse_expression_text("1 + 2 * 3");
  ASSERT_TRUE(expression);
  EXPECT_EQ((*expression)->text, "+");
  EXPECT_EQ((*expression)->children[1]->text, "*");
}

TEST(Parser, NamesTheKeywordOrWordThatIsWrong) {
  EXPECT_EQ(error_of("SELECT FROM t"), 156);
  EXPECT_EQ(error_of("SELECT 1 +"), 102);
  EXPECT_EQ(error_of("SELECT 'abc"), 105);
  EXPECT_EQ(error_of("SELECT 1 /* open"), 113);
}

TEST(Parser, GivesTheLineOfTheError) {
  auto block = parse_batch("SELECT 1\n\nSELECT FROM t");
  ASSERT_FALSE(block);
  EXPECT_EQ(message_of(block.error()).line, 3);
}

TEST(Parser, RefusesNestingThatIsTooDeep) {
  std::string deep = "SELECT " + std::string(500, '(') + "1" + std::string(500, ')');
  EXPECT_EQ(error_of(deep), 191);
  EXPECT_EQ(error_of("SELECT " + std::string(1000, '~') + "1"), 191);
}

TEST(Parser, RefusesIdentifiersThatAreTooLong) {
  EXPECT_EQ(error_of("SELECT " + std::string(128, 'a')), 0);
  EXPECT_EQ(error_of("SELECT " + std::string(129, 'a')), 103);
}

TEST(Parser, ReadsSynapseStatements) {
  EXPECT_EQ(error_of("CREATE TABLE dbo.t (a int NOT NULL, b varchar(10)) WITH (DISTRIBUTION = HASH(a), CLUSTERED COLUMNSTORE "
                     "INDEX, PARTITION (a RANGE RIGHT FOR VALUES (1, 2)))"), 0);
  EXPECT_EQ(error_of("CREATE TABLE t WITH (DISTRIBUTION = ROUND_ROBIN, HEAP) AS SELECT 1 AS a OPTION (LABEL = 'x')"), 0);
  EXPECT_EQ(error_of("COPY INTO dbo.t (a, b DEFAULT 3 2) FROM 'https://a.dfs.core.windows.net/c/p' WITH (FILE_TYPE = 'CSV', "
                     "CREDENTIAL = (IDENTITY = 'Managed Identity'), FIRSTROW = 2)"), 0);
  EXPECT_EQ(error_of("SELECT r.filepath(1) FROM OPENROWSET(BULK 'https://a/b', FORMAT = 'CSV', HEADER_ROW = TRUE) WITH (a int 1) AS r"), 0);
  EXPECT_EQ(error_of("MERGE t USING s ON t.a = s.a WHEN MATCHED THEN DELETE"), 10713);
}

}  // namespace
}  // namespace axonite::tsql
