#pragma once
// The expression language of Data Factory and Synapse pipelines: "@concat('a', pipeline().RunId)",
// "path/@{item().name}". Parse once, evaluate many times; everything here is pure but for Scope and Clock.
// Rules: the function reference of Data Factory, overruled by test/expressions/observed.jsonl, which holds
// what the engine itself computes.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace axonite::expression {

// The service refuses longer expressions.
inline constexpr std::size_t kTextCharactersMax = 8192;
inline constexpr std::size_t kNestingMax = 200;
// Bound on what one function may return; the service's own bound is not documented.
inline constexpr std::size_t kResultBytesMax = 64u << 20;

// What an expression can see. Values returned by pointer stay the scope's and must outlive the evaluation.
// Each default answers that the function is not expected here, as the service does for item() outside a
// ForEach or trigger() outside a trigger's definition.
class Scope {
 public:
  virtual ~Scope() = default;
  // {"DataFactory","Pipeline","RunId","TriggerType",…,"parameters":{},"globalParameters":{}}.
  virtual Result<const json::Value*> pipeline() const;
  // nullptr for an unknown name; the caller words the error. Names compare without case in `activity`.
  virtual Result<const json::Value*> variable(std::string_view name) const;
  virtual Result<const json::Value*> activity(std::string_view name) const;
  virtual Result<const json::Value*> item() const;
  virtual Result<const json::Value*> trigger() const;
  virtual Result<const json::Value*> trigger_body() const;
  // The parameters of the dataset or linked service whose definition holds the expression.
  virtual Result<const json::Value*> dataset() const;
  virtual Result<const json::Value*> linked_service() const;
  // For the functions rand and guid; a test overrides it to get the same values again.
  virtual std::uint64_t random_bits() const;
};

struct Template;

// A parsed text, immutable and shareable between threads.
class Expression {
 public:
  // Errors: invalid("InvalidTemplate") with the position; too_large("ExpressionTooLong").
  static Result<Expression> parse(std::string_view text);
  // "@f()" keeps the type of its value; "a @{f()}" always gives a string; other text gives itself.
  // Errors: invalid("InvalidTemplate") with the service's wording; too_large("ExpressionResultTooLarge").
  Result<json::Value> evaluate(const Scope& scope, const Clock& clock) const;
  // True when there is nothing to evaluate.
  bool is_literal() const;

 private:
  explicit Expression(std::shared_ptr<const Template> parsed) : parsed_(std::move(parsed)) {}
  std::shared_ptr<const Template> parsed_;
};

// Whether `text` would be evaluated at all ("@@x" and " @x" would not).
bool is_expression(std::string_view text);

Result<json::Value> evaluate(std::string_view text, const Scope& scope, const Clock& clock);

// Copies `value` with every string evaluated, and every {"value": "@…", "type": "Expression"} replaced by
// its value, at any depth. The error's target is the path of the part that failed: "$.source.url".
Result<json::Value> evaluate_tree(const json::Value& value, const Scope& scope, const Clock& clock);

}  // namespace axonite::expression
