#pragma once
// The tree of a parsed text, and the parser that makes it.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace axonite::expression {

struct Function;

enum class ScopeFunction { pipeline, variables, activity, item, trigger, trigger_body, dataset, linked_service };

struct Accessor;

struct Node {
  enum class Kind {
    literal,
    call,
    logical_and,  // and, or and if are kinds of their own because they evaluate lazily
    logical_or,
    conditional,
    scope,
    access,  // arguments[0], then accessors in order
  };

  Kind kind = Kind::literal;
  std::shared_ptr<const json::Value> literal;
  const Function* function = nullptr;
  ScopeFunction scope = ScopeFunction::pipeline;
  std::vector<Node> arguments;
  std::vector<Accessor> accessors;
  std::string source;  // of scope and access: how the user wrote it, for errors
};

struct Accessor {
  std::string name;         // when `index` is empty
  std::vector<Node> index;  // none or one
  bool optional = false;    // "?." and "?["
};

struct Template {
  struct Part {
    std::string text;             // when `expression` is empty
    std::vector<Node> expression;  // none or one
  };

  std::vector<Part> parts;
  bool keeps_type = false;  // one part, written "@…": its value is not made a string
};

Result<Template> parse_template(std::string_view text);

}  // namespace axonite::expression
