#include "spark/show.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "engine/session.h"
#include "spark/analyzer.h"

namespace axonite::spark {
namespace {

constexpr std::size_t kWidthMin = 3;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Characters, not bytes; wide East Asian ones count double, as Spark's Utils.stringHalfWidth.
std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (continues(text[i])) continue;
    auto lead = static_cast<unsigned char>(text[i]);
    width += lead >= 0xE3 && lead <= 0xED ? 2 : 1;
  }
  return width;
}

std::string cut(const std::string& text, int truncate) {
  std::size_t characters = 0, end = std::string::npos;
  std::size_t keep = truncate < 4 ? static_cast<std::size_t>(truncate) : static_cast<std::size_t>(truncate) - 3;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (continues(text[i])) continue;
    if (characters == keep) end = i;
    ++characters;
  }
  if (truncate <= 0 || characters <= static_cast<std::size_t>(truncate)) return text;
  return text.substr(0, end) + (truncate < 4 ? "" : "...");
}

std::string escaped(std::string text) {
  for (auto [from, to] : {std::pair{"\n", "\\n"}, {"\r", "\\r"}, {"\t", "\\t"}, {"\f", "\\f"}, {"\b", "\\b"}}) text = text::replace_all(std::move(text), from, to);
  return text;
}

std::vector<std::vector<std::string>> cells(const Shown& shown) {
  std::vector<std::vector<std::string>> out{shown.names};
  out.insert(out.end(), shown.rows.begin(), shown.rows.end());
  for (auto& row : out)
    for (auto& cell : row) cell = escaped(cell);
  for (std::size_t i = 1; i < out.size(); ++i)  // names are shown whole
    for (auto& cell : out[i]) cell = cut(cell, shown.truncate);
  return out;
}

std::string footer(const Shown& shown) {
  if (!shown.more) return {};
  return fmt::format("only showing top {} {}\n", shown.wanted, shown.wanted == 1 ? "row" : "rows");
}

}  // namespace

std::string shown_sql(const std::string& sql, const DataType& type, int depth) {
  std::string text, item = fmt::format("e{}_", depth);
  switch (type.kind) {
    case TypeKind::array: text = fmt::format("'[' || array_to_string(list_transform({}, lambda {}: {}), ', ') || ']'", sql, item, shown_sql(item, type.element(), depth + 1)); break;
    case TypeKind::map:
      text = fmt::format("'{{' || array_to_string(list_transform(map_entries({}), lambda {}: {} || ' -> ' || {}), ', ') || '}}'", sql, item, shown_sql(item + ".key", type.key(), depth + 1), shown_sql(item + ".value", type.value(), depth + 1));
      break;
    case TypeKind::struct_: {
      std::vector<std::string> parts;
      for (auto& field : type.fields) parts.push_back(shown_sql("(" + sql + ")." + engine::quote_identifier(field.name), field.type, depth));
      text = fmt::format("CASE WHEN {} IS NOT NULL THEN '{{' || {} || '}}' END", sql, parts.empty() ? "''" : text::join(parts, " || ', ' || "));
      break;
    }
    case TypeKind::null: text = "NULL"; break;
    case TypeKind::binary: text = fmt::format("'[' || trim(regexp_replace(hex({}), '(..)', '\\1 ', 'g')) || ']'", sql); break;
    default: text = cast_sql({.sql = sql, .type = type}, {TypeKind::string});
  }
  return "coalesce(CAST(" + text + " AS VARCHAR), 'NULL')";
}

std::string show_table(const Shown& shown) {
  auto all = cells(shown);
  std::vector<std::size_t> widths(shown.names.size(), kWidthMin);
  for (auto& row : all)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  std::string line = "+";
  for (auto width : widths) line += std::string(width, '-') + "+";
  if (widths.empty()) line += "+";
  line += "\n";
  auto print = [&](const std::vector<std::string>& row) {
    std::string out = "|";
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::string pad(widths[i] - width_of(row[i]), ' ');
      out += (shown.truncate > 0 ? pad + row[i] : row[i] + pad) + "|";
    }
    return out + (row.empty() ? "|\n" : "\n");
  };
  std::string out = line + print(all[0]) + line;
  for (std::size_t i = 1; i < all.size(); ++i) out += print(all[i]);
  return out + line + footer(shown);
}

std::string show_vertical(const Shown& shown) {
  auto all = cells(shown);
  std::size_t names = kWidthMin, values = kWidthMin;
  for (auto& name : all[0]) names = std::max(names, width_of(name));
  for (std::size_t r = 1; r < all.size(); ++r)
    for (auto& cell : all[r]) values = std::max(values, width_of(cell));
  std::string out;
  if (all.size() == 1) return "(0 rows)\n";
  for (std::size_t r = 1; r < all.size(); ++r) {
    auto head = fmt::format("-RECORD {}", r - 1);
    out += head + std::string(names + values + 5 > head.size() ? names + values + 5 - head.size() : 0, '-') + "\n";
    for (std::size_t i = 0; i < all[r].size(); ++i)
      out += " " + all[0][i] + std::string(names - width_of(all[0][i]), ' ') + " | " + all[r][i] + std::string(values - width_of(all[r][i]), ' ') + " \n";
  }
  return out + footer(shown);
}

std::string show_html(const Shown& shown) {
  auto safe = [](std::string text) { return text::replace_all(text::replace_all(text::replace_all(std::move(text), "&", "&amp;"), "<", "&lt;"), ">", "&gt;"); };
  auto all = cells(shown);
  std::string out = "<table border='1'>\n";
  for (std::size_t r = 0; r < all.size(); ++r) {
    auto tag = r == 0 ? "th" : "td";
    out += "<tr>";
    for (auto& cell : all[r]) out += fmt::format("<{0}>{1}</{0}>", tag, safe(cell));
    out += "</tr>\n";
  }
  return out + "</table>\n" + footer(shown);
}

}  // namespace axonite::spark
