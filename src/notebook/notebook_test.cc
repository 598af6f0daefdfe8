#include "notebook/notebook.h"

#include <gtest/gtest.h>

namespace axonite::notebook {
namespace {

TEST(NotebookTest, ReadsCodeCellsInOrder) {
  auto notebook = parse_notebook(R"j({"name":"n","properties":{"bigDataPool":{"referenceName":"small","type":"BigDataPoolReference"},"nbformat":4,
    "metadata":{"language_info":{"name":"python"}},"cells":[
    {"cell_type":"markdown","source":["# Title"]},
    {"cell_type":"code","metadata":{"tags":["parameters"]},"source":["year = 2013\n","month = 1"]},
    {"cell_type":"code","source":"   \n"},
    {"cell_type":"code","source":"print(year)"}]}})j");
  ASSERT_TRUE(notebook) << notebook.error().message;
  EXPECT_EQ(notebook->name, "n");
  EXPECT_EQ(notebook->spark_pool, "small");
  ASSERT_EQ(notebook->cells.size(), 2u);
  EXPECT_EQ(notebook->cells[0].source, "year = 2013\nmonth = 1");
  EXPECT_TRUE(notebook->cells[0].is_parameters);
  EXPECT_FALSE(notebook->cells[1].is_parameters);
}

TEST(NotebookTest, TurnsSqlNotebooksIntoSqlCells) {
  auto notebook = parse_notebook(R"({"properties":{"metadata":{"language_info":{"name":"sql"}},"cells":[
    {"cell_type":"code","source":"SELECT 1"},{"cell_type":"code","source":"%%pyspark\nx = 1"}]}})");
  ASSERT_TRUE(notebook);
  EXPECT_EQ(notebook->cells[0].source, "%%sql\nSELECT 1");
  EXPECT_EQ(notebook->cells[1].source, "%%pyspark\nx = 1");
}

TEST(NotebookTest, RefusesWhatIsNone) {
  EXPECT_EQ(parse_notebook("{").error().code, "InvalidJson");
  EXPECT_EQ(parse_notebook("{}").error().code, "InvalidNotebook");
  EXPECT_EQ(parse_notebook(R"({"properties":{"cells":[{"cell_type":"code","source":5}]}})").error().message,
            "The notebook is not valid: the source of cell 1 is neither a text nor a list of lines.");
  auto scala = parse_notebook(R"({"properties":{"metadata":{"language_info":{"name":"scala"}},"cells":[]}})");
  EXPECT_EQ(scala.error().kind, Error::Kind::unsupported);
  EXPECT_NE(scala.error().message.find("'scala'"), std::string::npos);
  EXPECT_EQ(parse_notebook(std::string(kNotebookBytesMax + 1, ' ')).error().kind, Error::Kind::too_large);
}

}  // namespace
}  // namespace axonite::notebook
