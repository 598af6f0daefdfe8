// Runs every line of test/expressions/*.jsonl: {"expression", "value" | "error": true | part of its text,
// "parameters"?, "variables"?, "activities"?, "item"?, "scope"?: {"dataset", "linkedService", "trigger", …}}.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "expression/expression.h"
#include "expression/values.h"

namespace axonite::expression {
namespace {

// 2026-03-04T05:06:07.1234567Z for every line.
constexpr std::int64_t kNowNanoseconds = 1'772'600'767'123'456'700;

const json::Value* member(const json::Value& object, std::string_view key) { return json::find(object, key); }

class LineScope : public Scope {
 public:
  explicit LineScope(const json::Value& line) : line_(line) {
    json::Object pipeline{{"libraryVariables", json::Object{}},
                          {"dataset", json::Object{}},
                          {"linkedService", json::Object{}},
                          {"RunId", "11111111-1111-1111-1111-111111111111"},
                          {"Pipeline", "p1"},
                          {"DataFactory", "f1"},
                          {"TriggerType", "Manual"}};
    const json::Value* globals = part("globalParameters");
    pipeline["globalParameters"] = globals ? *globals : json::Value(json::Object{});
    const json::Value* parameters = member(line, "parameters");
    pipeline["parameters"] = parameters ? *parameters : json::Value(json::Object{});
    pipeline_ = pipeline;
  }

  Result<const json::Value*> pipeline() const override { return &pipeline_; }
  Result<const json::Value*> variable(std::string_view name) const override { return named("variables", name); }
  Result<const json::Value*> activity(std::string_view name) const override { return named("activities", name); }
  Result<const json::Value*> item() const override {
    const json::Value* item = member(line_, "item");
    return item ? item : Scope::item();
  }
  Result<const json::Value*> trigger() const override { return part_or("trigger", Scope::trigger()); }
  Result<const json::Value*> trigger_body() const override { return part_or("triggerBody", Scope::trigger_body()); }
  Result<const json::Value*> dataset() const override { return part_or("dataset", Scope::dataset()); }
  Result<const json::Value*> linked_service() const override {
    return part_or("linkedService", Scope::linked_service());
  }
  std::uint64_t random_bits() const override { return 0x0123456789abcdefull; }

 private:
  const json::Value* part(std::string_view name) const {
    const json::Value* scope = member(line_, "scope");
    return scope ? member(*scope, name) : nullptr;
  }
  Result<const json::Value*> part_or(std::string_view name, Result<const json::Value*> otherwise) const {
    const json::Value* value = part(name);
    return value ? value : otherwise;
  }
  Result<const json::Value*> named(std::string_view kind, std::string_view name) const {
    const json::Value* all = member(line_, kind);
    return all ? json::find_ignoring_case(*all, name) : nullptr;
  }

  const json::Value& line_;
  json::Value pipeline_;
};

// Equal in value and, unlike equals(), in type.
bool same(const json::Value& a, const json::Value& b) { return deep_equals(a, b) && write_json(a).size() == write_json(b).size(); }

// What is wrong with the line, or "".
std::string fault(const json::Value& line, const Clock& clock) {
  LineScope scope(line);
  auto result = evaluate(json::string_or(line, "expression"), scope, clock);
  std::string got = result ? write_json(*result) : "the error: " + result.error().message;
  if (const json::Value* error = member(line, "error")) {
    if (result) return "an error was expected, not " + got;
    if (error->is_string() && result.error().message.find(error->get_string()) == std::string::npos)
      return "wrong error: " + got;
    return {};
  }
  const json::Value* expected = member(line, "value");
  if (!expected) return "the line has neither value nor error";
  if (!result || !same(*result, *expected)) return "expected " + write_json(*expected) + ", got " + got;
  return {};
}

std::vector<std::filesystem::path> files() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator("test/expressions"))
    if (entry.path().extension() == ".jsonl") found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

TEST(ExpressionData, EveryLineGivesItsValueOrError) {
  VirtualClock clock{from_unix_nanoseconds(kNowNanoseconds)};
  std::size_t lines = 0, errors = 0;
  for (const auto& path : files()) {
    std::ifstream file(path);
    std::string text;
    for (int number = 1; std::getline(file, text); ++number) {
      if (text.empty()) continue;
      auto line = json::parse(text);
      ASSERT_TRUE(line) << path.filename() << ":" << number << " " << line.error().message;
      std::string what = fault(*line, clock);
      EXPECT_EQ(what, "") << path.filename() << ":" << number << " " << json::string_or(*line, "expression");
      ++lines;
      errors += member(*line, "error") != nullptr;
    }
  }
  EXPECT_GE(lines, 263u);
  EXPECT_GE(errors * 10, lines) << "at least one line in ten must expect an error";
}

}  // namespace
}  // namespace axonite::expression
