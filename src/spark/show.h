#pragma once
// df.show() and its HTML form: Spark's own layout of the first rows.
#include <string>
#include <vector>

#include "spark/type.h"

namespace axonite::spark {

// SQL of `sql` as show() prints a value of this type; NULL as 'NULL'.
std::string shown_sql(const std::string& sql, const DataType& type, int depth = 0);

struct Shown {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> rows;
  bool more = false;  // rows beyond those asked for
  int wanted = 20, truncate = 20;
};

std::string show_table(const Shown& shown);
std::string show_vertical(const Shown& shown);
std::string show_html(const Shown& shown);

}  // namespace axonite::spark
