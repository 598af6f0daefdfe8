#pragma once
// A notebook as Synapse keeps it: an ipynb (nbformat 4) under "properties", whose cell tagged "parameters" holds the
// defaults that a run may replace.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace axonite::notebook {

struct Cell {
  std::string source;  // code; other cells are left out
  bool is_parameters = false;
};

struct Notebook {
  std::string name;
  std::vector<Cell> cells;
  std::string spark_pool;  // the attached one; may be empty
};

inline constexpr std::size_t kNotebookBytesMax = 8u << 20;
inline constexpr std::size_t kCellsMax = 1000;

// `document` = {"name","properties":{"cells":[…],"metadata":{…},"bigDataPool":{"referenceName"}}}.
// Cells of a notebook in SQL become %%sql cells. Errors: invalid("InvalidNotebook") naming the cell, too_large("NotebookTooLarge"),
// unsupported("UnsupportedNotebookLanguage").
Result<Notebook> parse_notebook(std::string_view document);

}  // namespace axonite::notebook
