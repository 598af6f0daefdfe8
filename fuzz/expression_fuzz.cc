// rooms: expression
// Any text as an expression: it is evaluated or refused, within limits, and never crashes.
#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "expression/expression.h"

namespace {

class Everything : public axonite::expression::Scope {
 public:
  using Value = axonite::Result<const axonite::json::Value*>;
  Value pipeline() const override { return &value_; }
  Value variable(std::string_view) const override { return &value_; }
  Value activity(std::string_view) const override { return &value_; }
  Value item() const override { return &value_; }
  std::uint64_t random_bits() const override { return 42; }

 private:
  axonite::json::Value value_ = boost::json::parse(R"({"output":{"a":[1,2.5,null,"x"]},"parameters":{"p":"v"}})");
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Everything scope;
  static axonite::VirtualClock clock(axonite::from_unix_seconds(1'700'000'000));
  std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)axonite::expression::evaluate(text, scope, clock);
  return 0;
}
