#include "engine/glob.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"

namespace axonite::engine {
namespace {

// "[a-c]x": whether `c` is in the class at the start of `pattern`; `pattern` moves behind it. A '[' that is never
// closed stands for itself.
bool class_matches(std::string_view& pattern, char c) {
  auto end = pattern.find(']', 2);  // "[]a]" and "[!]": the first character belongs to the class
  if (end == pattern.npos) {
    pattern.remove_prefix(1);
    return c == '[';
  }
  auto members = pattern.substr(1, end - 1);
  pattern.remove_prefix(end + 1);
  bool negated = members.size() > 1 && members.front() == '!';
  if (negated) members.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i + 2 < members.size() && members[i + 1] == '-') {
      found = found || (members[i] <= c && c <= members[i + 2]);
      i += 2;
    } else {
      found = found || members[i] == c;
    }
  }
  return found != negated;
}

// One segment; linear but for the last '*', which is the only one that is ever tried again.
bool segment_matches(std::string_view pattern, std::string_view text) {
  std::string_view star_pattern, star_text;
  bool star = false;
  while (!text.empty()) {
    auto rest = pattern;
    bool matched = false;
    if (!pattern.empty() && pattern.front() == '*') {
      star = true;
      star_pattern = pattern.substr(1);
      star_text = text;
      pattern = star_pattern;
      continue;
    }
    if (!pattern.empty()) {
      if (pattern.front() == '[') {
        matched = class_matches(rest, text.front());
      } else {
        matched = pattern.front() == '?' || pattern.front() == text.front();
        rest = pattern.substr(1);
      }
    }
    if (matched) {
      pattern = rest;
      text.remove_prefix(1);
    } else if (star) {
      star_text.remove_prefix(1);
      pattern = star_pattern;
      text = star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*') == pattern.npos;
}

}  // namespace

bool has_wildcard(std::string_view text) { return text.find_first_of("*?[") != text.npos; }

// Segments by dynamic programming: reachable[j] = the pattern so far matches the first j segments of the path. So a
// hostile pattern ("**/**/**/…") costs pattern times path and no more.
bool glob_matches(std::string_view pattern, std::string_view path) {
  auto patterns = text::split(pattern, '/');
  auto segments = text::split(path, '/');
  std::vector<bool> reachable(segments.size() + 1, false);
  reachable[0] = true;
  for (auto part : patterns) {
    std::vector<bool> next(segments.size() + 1, false);
    if (part == "**") {
      auto first = std::ranges::find(reachable, true);
      std::fill(next.begin() + (first - reachable.begin()), next.end(), true);
    } else {
      for (std::size_t j = 0; j < segments.size(); ++j) {
        if (reachable[j] && segment_matches(part, segments[j])) next[j + 1] = true;
      }
    }
    reachable.swap(next);
  }
  return reachable[segments.size()];
}

std::string_view folder_before_wildcard(std::string_view pattern) {
  auto wildcard = pattern.find_first_of("*?[");
  if (wildcard == pattern.npos) wildcard = pattern.size();
  auto slash = pattern.substr(0, wildcard).rfind('/');
  return slash == pattern.npos ? std::string_view() : pattern.substr(0, slash);
}

}  // namespace axonite::engine
