#include <gtest/gtest.h>

#include <filesystem>

#include "base/id.h"
#include "engine/session.h"
#include "spark/analyzer.h"
#include "spark/errors.h"
#include "spark/macros.h"
#include "spark/parser.h"
#include "spark/show.h"

namespace axonite::spark {
namespace {

class NoView : public lake::View {
  static std::unexpected<Error> no() { return std::unexpected(not_found("PathNotFound", "There is nothing.")); }
  Result<lake::Entry> stat(const lake::Location&) const override { return no(); }
  Result<std::unique_ptr<lake::Reader>> open(const lake::Location&, const lake::Conditions&) const override { return no(); }
  Result<std::unique_ptr<lake::Writer>> create(const lake::Location&, const lake::Conditions&) override { return no(); }
  Result<std::vector<lake::Entry>> list(const lake::Location&, bool) const override { return no(); }
  Result<void> make_directory(const lake::Location&) override { return no(); }
  Result<void> remove(const lake::Location&, bool) override { return no(); }
  Result<void> rename(const lake::Location&, const lake::Location&, const lake::Conditions&) override { return no(); }
};

class NoTables : public Source {
  Result<RelationPtr> view(const std::vector<std::string>&) override { return nullptr; }
  Result<External> table(const std::vector<std::string>& name) override { return std::unexpected(table_not_found(name.back())); }
  Result<External> files(const Relation&) override { return std::unexpected(path_not_found("p")); }
  Result<External> local(const Relation&) override { return std::unexpected(path_not_found("p")); }
  Result<std::string> render(const Analyzed&, const Relation&) override { return ""; }
  Result<std::vector<ExprPtr>> distinct_values(const std::string&, const DataType&) override { return std::vector<ExprPtr>{}; }
  std::string time_zone() const override { return "UTC"; }
  std::string user() const override { return "ann"; }
};

class SparkTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
    engine_ = *engine::Engine::open({.directory = directory_, .memory_limit = "256MB"}, [](const identity::Principal&) { return std::make_unique<NoView>(); });
    session_ = *engine_->open_session({.dialect = {.default_null_order = "nulls_first_on_asc_last_on_desc"}});
    for (auto macro : macros()) ASSERT_TRUE(session_->execute(macro)) << macro;
  }
  static void TearDownTestSuite() {
    session_.reset();
    engine_.reset();
    std::filesystem::remove_all(directory_);
  }

  // All rows as "a|b;c|d", the columns as "name:type,…"; or the error's class.
  struct Answer {
    std::string rows, columns;
  };
  static Answer ask(const std::string& sql) {
    auto statement = parse_statement(sql);
    if (!statement) return {statement.error().code, statement.error().message};
    NoTables tables;
    Analyzer analyzer(tables);
    auto analyzed = analyzer.relation(*statement->query);
    if (!analyzed) return {analyzed.error().code, analyzed.error().message};
    Answer answer;
    std::string list;
    for (auto& attribute : analyzed->output) {
      answer.columns += (answer.columns.empty() ? "" : ",") + attribute.name + ":" + simple_string(attribute.type);
      list += (list.empty() ? "" : ", ") + shown_sql(column_of(attribute), attribute.type);
    }
    auto rows = session_->query("SELECT " + list + " FROM (" + analyzed->sql + ")");
    if (!rows) return {rows.error().code, rows.error().message + "\n" + analyzed->sql};
    while (true) {
      auto more = (*rows)->next();
      if (!more) return {more.error().code, more.error().message};
      if (!*more) return answer;
      for (std::size_t row = 0; row < (*rows)->size(); ++row) {
        if (!answer.rows.empty()) answer.rows += ";";
        for (std::size_t i = 0; i < analyzed->output.size(); ++i) answer.rows += (i ? "|" : "") + std::get<std::string>((*rows)->value(i, row));
      }
    }
  }

  static inline std::filesystem::path directory_;
  static inline std::unique_ptr<engine::Engine> engine_;
  static inline std::unique_ptr<engine::Session> session_;
};

struct Case {
  const char *expression, *type, *value;
};

// Values as Spark 4 gives them (documentation of each function; sql-ref-ansi-compliance for types).
constexpr Case kCases[] = {
    {"1 + 1", "int", "2"}, {"1 + 2L", "bigint", "3"}, {"7 / 2", "double", "3.5"}, {"7 div 2", "bigint", "3"}, {"7 % 4", "int", "3"},
    {"1.1 + 2.22", "decimal(4,2)", "3.32"}, {"1.1 / 3.3", "decimal(8,6)", "0.333333"}, {"1.50 * 2.0", "decimal(6,3)", "3.000"}, {"-7 div 2", "bigint", "-3"},
    {"cast(3.7 as int)", "int", "3"}, {"cast(-3.7D as int)", "int", "-3"}, {"cast('12' as int)", "int", "12"}, {"try_cast('x' as int)", "int", "NULL"}, {"cast(true as string)", "string", "true"},
    {"1 = 1.0", "boolean", "true"}, {"'1' = 1", "boolean", "true"}, {"NULL <=> NULL", "boolean", "true"}, {"NOT true AND false", "boolean", "false"}, {"2 BETWEEN 1 AND 3", "boolean", "true"},
    {"2 IN (1, 2)", "boolean", "true"}, {"'abc' LIKE 'a%'", "boolean", "true"}, {"'a' NOT LIKE 'b'", "boolean", "true"}, {"'abc' RLIKE '^a.c$'", "boolean", "true"}, {"NULL IS NULL", "boolean", "true"},
    {"CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END", "string", "b"}, {"CASE 2 WHEN 2 THEN 1 END", "int", "1"}, {"if(true, 1, 2L)", "bigint", "1"}, {"coalesce(NULL, 3)", "int", "3"}, {"nvl(NULL, 'x')", "string", "x"},
    {"nullif(1, 1)", "int", "NULL"}, {"greatest(1, 2L)", "bigint", "2"}, {"least(3, NULL, 1)", "int", "1"}, {"abs(-5)", "int", "5"}, {"round(2.5)", "decimal(2,0)", "3"}, {"round(2.675D, 2)", "double", "2.68"},
    {"ceil(2.1D)", "bigint", "3"}, {"floor(-2.1D)", "bigint", "-3"}, {"sqrt(16)", "double", "4.0"}, {"pow(2, 3)", "double", "8.0"}, {"ln(-1)", "double", "NULL"}, {"pmod(-7, 3)", "int", "2"}, {"sign(-2)", "double", "-1.0"},
    {"upper('ab')", "string", "AB"}, {"initcap('hello wORLD')", "string", "Hello World"}, {"length('héllo')", "int", "5"}, {"concat('a', NULL)", "string", "NULL"}, {"concat('a', 1)", "string", "a1"},
    {"concat_ws('-', 'a', NULL, 'b')", "string", "a-b"}, {"concat_ws(',', array('x', 'y'), 'z')", "string", "x,y,z"}, {"substring('hello', 2, 3)", "string", "ell"}, {"substr('hello', 0, 2)", "string", "he"}, {"substr('hello', -3)", "string", "llo"},
    {"trim('  a ')", "string", "a"}, {"lpad('7', 3, '0')", "string", "007"}, {"rpad('abcd', 2, '-')", "string", "ab"}, {"split('a1b22c', '[0-9]+')", "array<string>", "[a, b, c]"}, {"regexp_replace('a-b-c', '-', '+')", "string", "a+b+c"},
    {"regexp_replace('john smith', '(\\\\w+) (\\\\w+)', '$2 $1')", "string", "smith john"}, {"regexp_extract('x=12', '(\\\\d+)', 1)", "string", "12"}, {"instr('hello', 'l')", "int", "3"}, {"replace('aba', 'a', 'c')", "string", "cbc"}, {"repeat('ab', 2)", "string", "abab"},
    {"reverse('abc')", "string", "cba"}, {"substring_index('a.b.c', '.', 2)", "string", "a.b"}, {"substring_index('a.b.c', '.', -1)", "string", "c"}, {"format_number(12345.678, 2)", "string", "12,345.68"}, {"md5('a')", "string", "0cc175b9c0f1b6a831c399e269772661"},
    {"sha2('a', 256)", "string", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}, {"startswith('abc', 'ab')", "boolean", "true"}, {"'a' || 'b'", "string", "ab"},
    {"year(DATE '2026-03-04')", "int", "2026"}, {"month('2026-03-04')", "int", "3"}, {"dayofweek(DATE '2026-03-04')", "int", "4"}, {"dayofyear(DATE '2026-03-04')", "int", "63"}, {"quarter(DATE '2026-03-04')", "int", "1"},
    {"date_add(DATE '2026-02-27', 2)", "date", "2026-03-01"}, {"datediff(DATE '2026-03-04', DATE '2026-03-01')", "int", "3"}, {"add_months(DATE '2026-01-31', 1)", "date", "2026-02-28"}, {"last_day(DATE '2026-02-03')", "date", "2026-02-28"},
    {"date_trunc('MONTH', TIMESTAMP '2026-03-04 05:06:07')", "timestamp", "2026-03-01 00:00:00"}, {"trunc(DATE '2026-03-04', 'YEAR')", "date", "2026-01-01"}, {"to_date('04/03/2026', 'dd/MM/yyyy')", "date", "2026-03-04"},
    {"to_timestamp('2026-03-04 05:06:07')", "timestamp", "2026-03-04 05:06:07"}, {"date_format(DATE '2026-03-04', 'yyyy-MM')", "string", "2026-03"}, {"unix_timestamp('2026-01-01 00:00:00')", "bigint", "1767225600"}, {"from_unixtime(0)", "string", "1970-01-01 00:00:00"},
    {"hour(TIMESTAMP '2026-03-04 05:06:07')", "int", "5"}, {"months_between(DATE '1997-02-28', DATE '1996-10-30')", "double", "3.93548387"}, {"next_day(DATE '2015-01-14', 'TU')", "date", "2015-01-20"}, {"DATE '2026-03-04' + INTERVAL 1 MONTH", "date", "2026-04-04"},
    {"array(1, 2, 3)[1]", "int", "2"}, {"size(array(1, 2))", "int", "2"}, {"array_contains(array(1, 2), 2)", "boolean", "true"}, {"sort_array(array(3, 1, 2), false)", "array<int>", "[3, 2, 1]"}, {"array_distinct(array(1, 2, 1))", "array<int>", "[1, 2]"},
    {"array_join(array('a', 'b'), '-')", "string", "a-b"}, {"element_at(array(1, 2), -1)", "int", "2"}, {"element_at(map('a', 1), 'a')", "int", "1"}, {"map_keys(map('a', 1))", "array<string>", "[a]"}, {"sequence(1, 3)", "array<int>", "[1, 2, 3]"},
    {"flatten(array(array(1), array(2)))", "array<int>", "[1, 2]"}, {"slice(array(1, 2, 3), 2, 2)", "array<int>", "[2, 3]"}, {"named_struct('a', 1).a", "int", "1"}, {"transform(array(1, 2), x -> x + 1)", "array<int>", "[2, 3]"},
    {"transform(array(5, 5), (x, i) -> x + i)", "array<int>", "[5, 6]"}, {"filter(array(1, 2, 3), x -> x > 1)", "array<int>", "[2, 3]"}, {"exists(array(1, 2), x -> x = 2)", "boolean", "true"}, {"map('a', 1)", "map<string,int>", "{a -> 1}"},
    {"struct(1, 'a')", "struct<col1:int,col2:string>", "{1, a}"}, {"get_json_object('{\"a\":{\"b\":5}}', '$.a.b')", "string", "5"}, {"from_json('{\"a\":1}', 'a INT').a", "int", "1"}, {"current_user()", "string", "ann"}, {"typeof(1L)", "string", "bigint"},
    {"array_union(array(1), array(1))", "array<int>", "[1]"}, {"ascii('A')", "int", "65"}, {"hex('ab')", "string", "6162"}, {"1e2", "double", "100.0"},
    {"-0.5", "decimal(1,1)", "-0.5"}, {"sqrt(NULL)", "double", "NULL"}, {"trim('x', 'xxax')", "string", "a"}, {"split('a1b2c', '[0-9]', 2)", "array<string>", "[a, b2c]"}, {"concat(array(1), NULL)", "array<int>", "NULL"},
    {"array_contains(CAST(NULL AS array<int>), 1)", "boolean", "NULL"}, {"array_union(array(1, NULL), array(NULL, 2))", "array<int>", "[1, NULL, 2]"}, {"array_intersect(array('b', NULL), array(NULL, 'b'))", "array<string>", "[b, NULL]"},
    {"array_insert(array(1, 3), 2, 2)", "array<int>", "[1, 2, 3]"}, {"array_insert(array(1), 3, 5)", "array<int>", "[1, NULL, 5]"}, {"flatten(array(array(1), NULL))", "array<int>", "NULL"}, {"array_join(array('a', NULL), ',', '?')", "string", "a,?"},
    {"aggregate(array(1, 2, 3), 0L, (s, x) -> s + x)", "bigint", "6"}, {"aggregate(array(1, 2), '', (s, x) -> s || x, s -> upper(s || 'z'))", "string", "12Z"}, {"zip_with(array(1, 2), array(10), (x, y) -> x + y)", "array<int>", "[11, NULL]"},
    {"map_filter(map('a', 1, 'b', 2), (k, v) -> v > 1)", "map<string,int>", "{b -> 2}"}, {"transform_values(map('a', 1), (k, v) -> v + 1)", "map<string,int>", "{a -> 2}"}, {"transform_keys(map('a', 1), (k, v) -> upper(k))", "map<string,int>", "{A -> 1}"},
    {"map_from_entries(array(struct('a', 1)))", "map<string,int>", "{a -> 1}"}, {"exists(array(1, NULL), x -> x > 1)", "boolean", "NULL"}, {"forall(array(1, 2), x -> x > 0)", "boolean", "true"},
    {"pmod(7.0D, -8.0D)", "double", "7.0"}, {"bit_count(7)", "int", "3"}, {"locate('b', 'abab', 3)", "int", "4"}, {"overlay('Spark SQL', '_', 6)", "string", "Spark_SQL"}, {"mask('Ab1-')", "string", "Xxn-"}, {"width_bucket(5.3D, 0.2D, 10.6D, 5)", "bigint", "3"},
    {"regexp_extract_all('1-2, 3-4', '([0-9])-([0-9])', 2)", "array<string>", "[2, 4]"}, {"url_encode('a b')", "string", "a+b"}, {"make_timestamp(2026, 1, 2, 3, 4, 5)", "timestamp", "2026-01-02 03:04:05"}, {"equal_null(NULL, NULL)", "boolean", "true"}, {"X'4142'", "binary", "[41 42]"},
};

TEST_F(SparkTest, ExpressionsHaveSparksTypesAndValues) {
  for (auto& one : kCases) {
    auto answer = ask(std::string("SELECT ") + one.expression + " AS v");
    EXPECT_EQ(answer.rows, one.value) << one.expression << "\n" << answer.columns;
    EXPECT_EQ(answer.columns, std::string("v:") + one.type) << one.expression;
  }
}

TEST_F(SparkTest, ColumnsAreNamedAsSparkPrintsThem) {
  EXPECT_EQ(ask("SELECT 1 + 2, abs(-1), count(1), 'x', CAST('1' AS INT), a, max(a) FROM VALUES (1) t(a) GROUP BY a").columns,
            "(1 + 2):int,abs(-1):int,count(1):bigint,x:string,CAST(1 AS INT):int,a:int,max(a):int");
  EXPECT_EQ(ask("SELECT a IS NULL, NOT a = 1, a AND true FROM VALUES (true) t(a)").rows.substr(0, 12), "DATATYPE_MIS");
}

constexpr const char* kPeople = "WITH p AS (SELECT * FROM VALUES (1, 'ann', 10.5D), (2, 'bob', 20D), (3, 'ann', NULL) AS p(id, name, pay)) ";

TEST_F(SparkTest, QueriesMeanWhatSparkMeans) {
  auto rows = [](const std::string& sql) { return ask(kPeople + sql).rows; };
  EXPECT_EQ(rows("SELECT name, count(*), sum(id), avg(pay) FROM p GROUP BY name ORDER BY name"), "ann|2|4|10.5;bob|1|2|20.0");
  EXPECT_EQ(rows("SELECT name n FROM p GROUP BY 1 HAVING count(*) > 1 ORDER BY max(id) DESC"), "ann");
  EXPECT_EQ(rows("SELECT id FROM p ORDER BY pay"), "3;1;2") << "NULL is first when ascending";
  EXPECT_EQ(rows("SELECT id FROM p ORDER BY pay DESC"), "2;1;3");
  EXPECT_EQ(rows("SELECT a.id, b.id FROM p a JOIN p b ON a.name = b.name AND a.id < b.id"), "1|3");
  EXPECT_EQ(rows("SELECT id FROM p WHERE name IN (SELECT name FROM p WHERE id = 1) ORDER BY id"), "1;3");
  EXPECT_EQ(rows("SELECT id FROM p a WHERE EXISTS (SELECT 1 FROM p b WHERE b.name = a.name AND b.id > a.id)"), "1");
  EXPECT_EQ(rows("SELECT id, row_number() OVER (PARTITION BY name ORDER BY id DESC) r FROM p ORDER BY id"), "1|2;2|1;3|1");
  EXPECT_EQ(rows("SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM p ORDER BY id"), "1|1;2|3;3|5");
  EXPECT_EQ(rows("SELECT explode(array(1, 2)) AS x"), "1;2");
  EXPECT_EQ(rows("SELECT id, x FROM p LATERAL VIEW explode(array(id, 9)) t AS x WHERE id = 1"), "1|1;1|9");
  EXPECT_EQ(rows("SELECT name, sum(id) FROM p GROUP BY ROLLUP (name) ORDER BY name"), "NULL|6;ann|4;bob|2");
  EXPECT_EQ(rows("SELECT id FROM p ORDER BY id LIMIT 1 OFFSET 1"), "2");
  EXPECT_EQ(rows("SELECT count(DISTINCT name), collect_list(pay), first(name) FROM p WHERE id < 3"), "2|[10.5, 20.0]|ann");
}

TEST_F(SparkTest, WhatIsWrongHasSparksErrorClass) {
  EXPECT_EQ(ask("SELECT nope FROM VALUES (1) t(a)").rows, "UNRESOLVED_COLUMN.WITH_SUGGESTION");
  EXPECT_EQ(ask("SELECT * FROM nope").rows, "TABLE_OR_VIEW_NOT_FOUND");
  EXPECT_EQ(ask("SELECT nope(1)").rows, "UNRESOLVED_ROUTINE");
  EXPECT_EQ(ask("SELECT upper(1, 2)").rows, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION");
  EXPECT_EQ(ask("SELECT a FROM VALUES (1) t(a) JOIN VALUES (1) u(a)").rows, "AMBIGUOUS_REFERENCE");
  EXPECT_EQ(ask("SELECT array(1) + 1").rows, "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE");
  for (auto broken : {"SELEC 1", "SELECT", "SELECT 'a", "SELECT (1", "SELECT 1 FROM", "SELECT * FROM t WHERE", "SELECT `a"}) EXPECT_EQ(ask(broken).rows, "PARSE_SYNTAX_ERROR") << broken;
  EXPECT_EQ(ask("SELECT 1 / 0").rows.substr(0, 6), "Engine");
  EXPECT_EQ(ask("INSERT INTO t VALUES (1)").rows, "UNSUPPORTED_FEATURE");
  EXPECT_EQ(ask("SELECT " + std::string(5000, '(') + "1" + std::string(5000, ')')).rows, "PARSE_SYNTAX_ERROR");
}

}  // namespace
}  // namespace axonite::spark
