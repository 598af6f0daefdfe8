#pragma once
// Regular expressions as .NET and the catalog's rules write them (look-behind), over PCRE2 with limits on its work: a
// pattern that takes too long matches nothing.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace axonite::catalog {

struct Span {
  std::size_t begin = 0, end = 0;
  bool empty() const { return begin == end; }
};

class Pattern {
 public:
  // Errors: invalid("InvalidRegex") with the position; too_large past 2,048 bytes.
  static Result<Pattern> compile(std::string_view text, bool ignore_case);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  // The first match at or after `from`: the whole and its groups. Groups that took no part are empty.
  std::optional<std::vector<Span>> find(std::string_view subject, std::size_t from = 0) const;
  bool matches_whole(std::string_view subject) const;

 private:
  struct Code;
  explicit Pattern(std::unique_ptr<Code> code);
  std::unique_ptr<Code> code_;
};

}  // namespace axonite::catalog
