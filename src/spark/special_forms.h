#pragma once
// Functions that need more than a template. Each takes its analyzed arguments; nothing when the name is none of its own.
#include <optional>
#include <string>
#include <vector>

#include "spark/analyzer.h"

namespace axonite::spark {

struct SpecialCall {
  std::string name;  // lower case
  std::vector<Typed> arguments;
  std::string suffix;  // FILTER and OVER
  bool distinct = false;
  std::string user;
};

using Special = std::optional<Result<Typed>>;

Special arithmetic_form(const SpecialCall& call);
Special conditional_form(const SpecialCall& call);
Special text_form(const SpecialCall& call);
Special time_form(const SpecialCall& call);
Special collection_form(const SpecialCall& call);
Special aggregate_form(const SpecialCall& call);

// name(a, b), as Spark names the column of a call.
std::string call_text(const SpecialCall& call);
// "yyyy-MM-dd" → "%Y-%m-%d"; nothing for letters that strftime has no counterpart for.
std::optional<std::string> strftime_of(std::string_view java_pattern);

}  // namespace axonite::spark
