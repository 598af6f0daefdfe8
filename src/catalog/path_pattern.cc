#include "catalog/path_pattern.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/text.h"
#include "catalog/pattern.h"

namespace axonite::catalog {
namespace {

constexpr int kRoundsMax = 8;

struct Replacer {
  Pattern pattern;
  std::string_view to;
  bool only_file_names = false, repeats = true;
  std::optional<Pattern> guard;  // what it finds stays as it is
  std::size_t digits_min = 0, hex_min = 0, letters_min = 0;
};

std::string locales() {
  constexpr std::string_view pairs =
      "ar-eg ar-sa cy-gb da-dk de-at de-ch de-de en-au en-ca en-gb en-ie en-in en-my en-nz en-ph en-sg en-us en-ww en-xa en-za es-ar es-cl es-es es-mx es-us es-xl "
      "fi-fi fr-be fr-ca fr-ch fr-fr gu-in hi-in id-id it-it ja-jp nb-no nl-nl nl-be pt-br pt-pt pl-pl ru-ru sv-se ta-in te-in zh-cn zh-hk zh-tw ko-kr tr-tr";
  return text::replace_all(text::replace_all(std::string(pairs), "-", "[-_]"), " ", "|");
}

std::vector<Replacer> make_replacers() {
  const std::string date = R"((20)[1-9][0-9]([-\._@]?)(0[1-9]|1[012])([-\._@]?)(0[1-9]|[12][0-9]|3[01]))", hour = "(2[0-3]|[01]?[0-9])", part = R"(([-\._@]?)([0-5][0-9]))";
  const std::string strict_date = R"(([-\.=_@]|^)(20)[1-9][0-9]([-\._@])(0[1-9]|1[012])([-\._@])(0[1-9]|[12][0-9]|3[01])([-\.=_@]|$))";
  auto re = [](const std::string& text, bool ignore_case = false) { return std::move(*Pattern::compile(text, ignore_case)); };
  std::vector<Replacer> all;
  all.push_back({.pattern = re("([0-9A-F]{32}|[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12})", true), .to = "{GUID}", .guard = {}, .hex_min = 32});
  all.push_back({.pattern = re(R"(^\d+$)"), .to = "{N}", .repeats = false, .guard = {}, .digits_min = 1});
  all.push_back({.pattern = re(date + "([T])" + hour + part + part + "(Z)?"), .to = "{Year}$2{Month}$4{Day}$6{Hour}$8{Minute}$10{Second}$12", .guard = {}, .digits_min = 14, .letters_min = 1});
  all.push_back({.pattern = re(date + "([T])" + hour + "(Z)?"), .to = "{Year}$2{Month}$4{Day}$6{Hour}$8", .guard = {}, .digits_min = 10, .letters_min = 1});
  all.push_back({.pattern = re(date + "(Z)"), .to = "{Year}$2{Month}$4{Day}$6", .guard = {}, .digits_min = 8, .letters_min = 1});
  all.push_back({.pattern = re(date + R"(([-\._@]?))" + hour + "(Z)"), .to = "{Year}$2{Month}$4{Day}$6{Hour}$8", .guard = {}, .digits_min = 10, .letters_min = 1});
  all.push_back({.pattern = re(strict_date), .to = "$1{Year}$3{Month}$5{Day}$7", .guard = {}, .digits_min = 8});
  all.push_back({.pattern = re(R"((?<=[-\.=_@]|^)([\d]+)(?=[-\.=_@]|$))"), .to = "{N}", .guard = re(R"((?<=[-\.=_@]|^)[v](\d+)[\.](\d+)[\.]?(\d+)?(?=[-\.=_@]|$))", true), .digits_min = 1});
  all.push_back({.pattern = re(R"((?<=[-\._@]|^)([0-9A-F]{8,16})(?=[-\._@]|$))", true), .to = "{HEX}", .guard = re(R"(([-\._@]|^)[v](\d+)[\.](\d+)[\.]?(\d+)?([-\._@]|$))", true), .hex_min = 8});
  all.push_back({.pattern = re(R"((\d+))"), .to = "{N}", .only_file_names = true, .guard = re(R"(((?<=[-\._@]|^)[v](\d+)[\.](\d+)[\.]?(\d+)?(?=[-\._@]|$)|((?<=[Bb])2(?=[Bb]))))", true), .digits_min = 1});
  all.push_back({.pattern = re(R"((?<=[-\._@]|^)()" + locales() + R"()(?=[-\._@]|$))", true), .to = "{LOC}", .guard = {}, .letters_min = 4});
  return all;
}

std::size_t count(std::string_view text, int (*is)(int)) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [&](char c) { return is(static_cast<unsigned char>(c)) != 0; }));
}

// "$1{Year}$10" over the groups of a match; a number is taken as long as such a group exists.
std::string expand(std::string_view to, std::string_view subject, const std::vector<Span>& groups) {
  std::string out;
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (to[i] != '$') {
      out += to[i];
      continue;
    }
    std::size_t group = 0;
    while (i + 1 < to.size() && std::isdigit(static_cast<unsigned char>(to[i + 1]))) group = group * 10 + static_cast<std::size_t>(to[++i] - '0');
    if (group < groups.size()) out += subject.substr(groups[group].begin, groups[group].end - groups[group].begin);
  }
  return out;
}

std::vector<Span> guarded(const Replacer& rule, std::string_view subject) {
  std::vector<Span> all;
  for (std::size_t from = 0; rule.guard;) {
    auto found = rule.guard->find(subject, from);
    if (!found) break;
    all.push_back(found->front());
    from = std::max(found->front().end, from + 1);
  }
  return all;
}

// Names inside braces were put there by a rule before and are no text of the path any more.
bool touches_replaced(std::string_view subject, Span span) {
  std::size_t open = subject.rfind('{', span.begin), close = open == std::string_view::npos ? open : subject.find('}', open);
  return open != std::string_view::npos && close != std::string_view::npos && close > span.begin;
}

std::string replace_once(const Replacer& rule, std::string_view subject) {
  std::string out;
  std::size_t from = 0;
  auto kept = guarded(rule, subject);
  while (auto found = rule.pattern.find(subject, from)) {
    Span whole = found->front();
    if (whole.empty()) break;
    bool keep = touches_replaced(subject, whole) || std::ranges::any_of(kept, [&](Span one) { return whole.begin < one.end && one.begin < whole.end; });
    out += subject.substr(from, whole.begin - from);
    out += keep ? std::string(subject.substr(whole.begin, whole.end - whole.begin)) : expand(rule.to, subject, *found);
    from = whole.end;
  }
  return out + std::string(subject.substr(from));
}

std::string apply(const Replacer& rule, std::string segment) {
  bool worth = count(segment, &::isdigit) >= rule.digits_min && count(segment, &::isxdigit) >= rule.hex_min && count(segment, &::isalpha) >= rule.letters_min;
  for (int round = 0; worth && round < (rule.repeats ? kRoundsMax : 1); ++round) {
    std::string next = replace_once(rule, segment);
    if (next == segment) break;
    segment = std::move(next);
  }
  return segment;
}

std::string segment_pattern(std::string segment, bool is_file_name) {
  static const std::vector<Replacer> rules = make_replacers();
  // A file's extension says what it is ("mp4", "h5") and varies with nothing.
  std::size_t dot = is_file_name ? segment.rfind('.') : std::string::npos;
  std::string extension = dot == std::string::npos || dot == 0 || segment.size() - dot > 8 ? "" : segment.substr(dot);
  segment.resize(segment.size() - extension.size());
  for (const Replacer& rule : rules)
    if (is_file_name || !rule.only_file_names) segment = apply(rule, std::move(segment));
  return segment + extension;
}

// Spark's part files, with the folders of their partition columns before them.
bool is_spark_part(std::string_view name) {
  static const Pattern part = std::move(*Pattern::compile(R"(^part-(r-)?\d{5}(-.+)?$)", false));
  return part.find(name).has_value();
}
bool is_partition(std::string_view folder) {
  std::size_t equals = folder.find('=');
  return equals != std::string_view::npos && equals > 0;
}

bool is_number(std::string_view text, std::size_t digits, int low, int high) {
  if (text.size() > digits || text.empty()) return false;
  auto value = text::parse_int<int>(text);
  return value && *value >= low && *value <= high;
}

// …/2024/05/01/… as folders.
void replace_date_folders(std::vector<std::string>& folders) {
  for (std::size_t i = 0; i + 2 < folders.size(); ++i)
    if (is_number(folders[i], 4, 2010, 2099) && is_number(folders[i + 1], 2, 1, 12) && is_number(folders[i + 2], 2, 1, 31)) {
      folders[i] = "{Year}";
      folders[i + 1] = "{Month}";
      folders[i + 2] = "{Day}";
    }
}

}  // namespace

std::string path_pattern(std::string_view path, bool is_file) {
  std::vector<std::string> segments;
  for (std::string_view one : text::split(path, '/')) segments.emplace_back(one);
  std::string file;
  if (is_file) {
    file = std::move(segments.back());
    segments.pop_back();
    if (is_spark_part(file)) {
      while (!segments.empty() && is_partition(segments.back())) segments.pop_back();
      file = "{SparkPartitions}";
    }
  }
  replace_date_folders(segments);
  for (std::string& folder : segments) folder = segment_pattern(std::move(folder), false);
  if (is_file) segments.push_back(file == "{SparkPartitions}" ? file : segment_pattern(std::move(file), true));
  return text::join(segments, "/");
}

std::string name_pattern(std::string_view name, bool is_file) {
  // https://account/container/path
  std::size_t slash = 0;
  for (int i = 0; i < 4 && slash != std::string_view::npos; ++i) slash = name.find('/', i == 0 ? 0 : slash + 1);
  if (slash == std::string_view::npos || slash + 1 == name.size()) return std::string(name);
  return std::string(name.substr(0, slash + 1)) + path_pattern(name.substr(slash + 1), is_file);
}

}  // namespace axonite::catalog
