#include "pipeline/connectors/files.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline::connectors {
namespace {

using definition::member;

std::string text_of(const json::Value& value, std::string_view key, std::string_view fallback = {}) {
  const json::Value* found = member(value, key);
  return found && found->is_string() ? std::string(found->get_string()) : std::string(fallback);
}

bool is(const Dataset& dataset, std::string_view type) { return text::equals_ignoring_case(dataset.type, type); }

std::string trimmed(std::string path) {
  while (path.starts_with('/')) path.erase(0, 1);
  while (path.ends_with('/')) path.pop_back();
  return path;
}

Error unsupported_format(const Dataset& dataset) {
  return unsupported("UnsupportedDatasetType", "The dataset '" + dataset.name + "' has the type '" + dataset.type + "', which is not supported here.");
}

// "\t" may be written out in definitions.
std::string character(std::string text) {
  if (text == "\\t") return "\t";
  return text;
}

bool matches_path(std::string_view path, std::string_view pattern) {
  auto names = text::split(path, '/'), patterns = text::split(pattern, '/');
  if (names.size() != patterns.size()) return false;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!matches_wildcard(names[i], patterns[i])) return false;
  return true;
}

Result<std::string> csv_options(const Dataset& dataset, bool reading) {
  const json::Value& p = dataset.properties();
  std::string encoding = text::to_lower(text_of(p, "encodingName", "utf-8"));
  if (encoding != "utf-8" && encoding != "utf8" && !(reading && (encoding == "utf-16" || encoding == "iso-8859-1")))
    return std::unexpected(unsupported("UnsupportedEncoding", "The encoding '" + encoding + "' is not supported here."));
  std::string compression = text::to_lower(text_of(p, "compressionCodec", "none"));
  if (compression != "none" && compression != "gzip")
    return std::unexpected(unsupported("UnsupportedCompression", "The compression '" + compression + "' of delimited text is not supported here."));
  const json::Value* header = member(p, "firstRowAsHeader");
  std::string options = std::string("header=") + (header && header->is_bool() && header->get_bool() ? "true" : "false");
  options += ", delim=" + engine::quote_literal(character(text_of(p, "columnDelimiter", ",")));
  options += ", quote=" + engine::quote_literal(text_of(p, "quoteChar", "\""));
  options += ", escape=" + engine::quote_literal(text_of(p, "escapeChar", "\\"));
  options += ", nullstr=" + engine::quote_literal(text_of(p, "nullValue"));
  options += ", compression='" + compression + "'";
  if (reading && encoding.starts_with("utf-16")) options += ", encoding='utf-16'";
  if (reading && encoding == "iso-8859-1") options += ", encoding='latin-1'";
  return options;
}

}  // namespace

bool matches_wildcard(std::string_view name, std::string_view pattern) {
  std::size_t n = 0, p = 0, star = std::string_view::npos, mark = 0;
  while (n < name.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++n;
      ++p;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string lake_url(const lake::Location& location) { return "lake://" + location.account + "/" + location.filesystem + "/" + location.path; }

bool is_text(const Dataset& dataset) { return is(dataset, "DelimitedText"); }

std::string extension(const Dataset& dataset) {
  if (is(dataset, "Parquet")) return ".parquet";
  if (is(dataset, "Json")) return ".json";
  return is(dataset, "DelimitedText") ? ".csv" : "";
}

Result<lake::Location> location_of(const Dataset& dataset) {
  if (dataset.target.kind != linked_service::Target::Kind::lake) return std::unexpected(unsupported_format(dataset));
  const json::Value* location = member(dataset.properties(), "location");
  if (!location) return std::unexpected(invalid("BadRequest", "The dataset '" + dataset.name + "' needs 'location'."));
  std::string filesystem = text_of(*location, "fileSystem", text_of(*location, "container"));
  if (filesystem.empty()) return std::unexpected(invalid("BadRequest", "The dataset '" + dataset.name + "' needs a file system."));
  std::string folder = trimmed(text_of(*location, "folderPath")), file = trimmed(text_of(*location, "fileName"));
  return lake::Location{dataset.target.account, filesystem, folder.empty() ? file : file.empty() ? folder : folder + "/" + file};
}

Result<FileSet> list_files(const lake::View& view, const Dataset& dataset, const json::Value* settings) {
  TRY(lake::Location at, location_of(dataset));
  static const json::Value kNone = json::Object();
  const json::Value& options = settings ? *settings : kNone;
  const json::Value* location = member(dataset.properties(), "location");
  std::string folder = trimmed(text_of(options, "wildcardFolderPath")), name = text_of(options, "wildcardFileName");
  TRY(bool recursive, definition::boolean_or(options, "recursive", true, "$.storeSettings"));
  FileSet set;
  if (folder.empty() && name.empty() && !text_of(*location, "fileName").empty()) {
    auto entry = view.stat(at);
    if (!entry && entry.error().kind == Error::Kind::not_found)
      return std::unexpected(not_found("UserErrorSourceBlobNotExist", "The file '" + at.abfss() + "' was not found."));
    if (!entry) return std::unexpected(std::move(entry.error()));
    set.bytes = entry->size;
    set.files.push_back(std::move(*entry));
    return set;
  }
  std::string base = trimmed(text_of(*location, "folderPath"));
  std::string fixed = folder.empty() ? base : folder.substr(0, folder.substr(0, folder.find_first_of("*?")).rfind('/') + 1);
  if (folder.find_first_of("*?") == std::string::npos && !folder.empty()) fixed = folder;
  lake::Location root{at.account, at.filesystem, trimmed(fixed)};
  TRY(auto entries, view.list(root, recursive || !folder.empty()));
  for (lake::Entry& entry : entries) {
    if (entry.is_directory) continue;
    auto slash = entry.location.path.rfind('/');
    std::string file = entry.location.path.substr(slash == std::string::npos ? 0 : slash + 1);
    std::string in = slash == std::string::npos ? "" : entry.location.path.substr(0, slash);
    if (!name.empty() && !matches_wildcard(file, name)) continue;
    if (!folder.empty() && !matches_path(in, folder)) continue;
    set.bytes += entry.size;
    set.files.push_back(std::move(entry));
  }
  if (set.files.empty())
    return std::unexpected(not_found("UserErrorSourceBlobNotExist", "No file was found in '" + root.abfss() + "'."));
  return set;
}

Result<std::string> scan_sql(const Dataset& dataset, const FileSet& set) {
  std::string list;
  for (const lake::Entry& file : set.files) list += (list.empty() ? "[" : ", ") + engine::quote_literal(lake_url(file.location));
  list += "]";
  if (is(dataset, "Parquet")) return "read_parquet(" + list + ")";
  if (is(dataset, "Json")) return "read_json(" + list + ")";
  if (!is(dataset, "DelimitedText")) return std::unexpected(unsupported_format(dataset));
  TRY(std::string options, csv_options(dataset, true));
  return "read_csv(" + list + ", all_varchar=true, " + options + ")";
}

Result<std::string> write_options(const Dataset& dataset) {
  if (is(dataset, "Parquet")) {
    std::string codec = text::to_lower(text_of(dataset.properties(), "compressionCodec", "snappy"));
    if (codec == "none") codec = "uncompressed";
    if (codec != "snappy" && codec != "gzip" && codec != "uncompressed" && codec != "zstd")
      return std::unexpected(unsupported("UnsupportedCompression", "The compression '" + codec + "' of Parquet is not supported here."));
    return "(FORMAT parquet, COMPRESSION " + codec + ", USE_TMP_FILE false)";
  }
  if (is(dataset, "Json")) return std::string("(FORMAT json, USE_TMP_FILE false)");
  if (!is(dataset, "DelimitedText")) return std::unexpected(unsupported_format(dataset));
  const json::Value& p = dataset.properties();
  CHECK_OK(csv_options(dataset, false));
  const json::Value* header = member(p, "firstRowAsHeader");
  return "(FORMAT csv, USE_TMP_FILE false, HEADER " + std::string(header && header->is_bool() && header->get_bool() ? "true" : "false") +
         ", DELIMITER " + engine::quote_literal(character(text_of(p, "columnDelimiter", ","))) + ", QUOTE " +
         engine::quote_literal(text_of(p, "quoteChar", "\"")) + ", ESCAPE " + engine::quote_literal(text_of(p, "escapeChar", "\\")) +
         ", NULLSTR " + engine::quote_literal(text_of(p, "nullValue")) + ")";
}

}  // namespace axonite::pipeline::connectors
