#include "notebook/notebook.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace axonite::notebook {
namespace {

Error wrong(std::string problem) { return invalid("InvalidNotebook", "The notebook is not valid: " + std::move(problem) + "."); }

// nbformat lets a source be a text or the list of its lines.
Result<std::string> source_of(const json::Value& cell, std::size_t number) {
  const json::Value* source = json::find(cell, "source");
  if (!source) return std::string();
  if (source->is_string()) return std::string(source->get_string());
  if (!source->is_array()) return std::unexpected(wrong("the source of cell " + std::to_string(number) + " is neither a text nor a list of lines"));
  std::string joined;
  for (const json::Value& line : source->get_array()) {
    if (!line.is_string()) return std::unexpected(wrong("the source of cell " + std::to_string(number) + " holds something that is no text"));
    joined += std::string_view(line.get_string());
  }
  return joined;
}

bool has_parameters_tag(const json::Value& cell) {
  const json::Value* tags = json::find_path(cell, "metadata.tags");
  if (!tags || !tags->is_array()) return false;
  for (const json::Value& tag : tags->get_array())
    if (tag.is_string() && text::equals_ignoring_case(std::string_view(tag.get_string()), "parameters")) return true;
  return false;
}

// What a cell without a magic is written in: empty = Python, else the magic that says so.
Result<std::string> language_magic(const json::Value& properties) {
  std::string language = json::string_or(properties, "metadata.language_info.name", json::string_or(properties, "metadata.kernelspec.language"));
  for (std::string_view python : {"", "python", "pyspark", "synapse_pyspark"})
    if (text::equals_ignoring_case(language, python)) return std::string();
  if (text::equals_ignoring_case(language, "sql")) return std::string("%%sql\n");
  return std::unexpected(unsupported("UnsupportedNotebookLanguage", "Notebooks in '" + language + "' are not supported; Python and SQL are."));
}

}  // namespace

Result<Notebook> parse_notebook(std::string_view document) {
  if (document.size() > kNotebookBytesMax) return std::unexpected(too_large("NotebookTooLarge", "The notebook is larger than 8 MB."));
  TRY(json::Value parsed, json::parse(document, {.bytes_max = kNotebookBytesMax}));
  const json::Value* found = json::find(parsed, "properties");
  const json::Value& properties = found ? *found : parsed;
  const json::Value* cells = json::find(properties, "cells");
  if (!cells || !cells->is_array()) return std::unexpected(wrong("it has no list of cells"));
  if (cells->get_array().size() > kCellsMax) return std::unexpected(too_large("NotebookTooLarge", "The notebook has more than 1000 cells."));
  TRY(std::string magic, language_magic(properties));
  Notebook notebook{.name = json::string_or(parsed, "name"), .spark_pool = json::string_or(properties, "bigDataPool.referenceName")};
  std::size_t number = 0;
  for (const json::Value& cell : cells->get_array()) {
    ++number;
    if (json::string_or(cell, "cell_type") != "code") continue;
    TRY(std::string source, source_of(cell, number));
    if (text::trim(source).empty()) continue;
    bool has_magic = text::trim(source).starts_with("%%");
    notebook.cells.push_back({(has_magic ? "" : magic) + source, has_parameters_tag(cell)});
  }
  return notebook;
}

}  // namespace axonite::notebook
