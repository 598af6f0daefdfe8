#include "expression/expression.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace axonite::expression {
namespace {

class ItemScope : public Scope {
 public:
  Result<const json::Value*> item() const override {
    ++uses;
    return &value;
  }
  json::Value value = json::Object{{"name", "orders"}, {"rows", 3}};
  mutable int uses = 0;
};

json::Value parsed(std::string_view text) { return json::parse(text).value(); }

class ExpressionTest : public testing::Test {
 protected:
  VirtualClock clock_{from_unix_seconds(0)};
  ItemScope scope_;
};

TEST_F(ExpressionTest, ParsesOnceAndEvaluatesManyTimes) {
  auto expression = Expression::parse("@concat(item().name, '-', item().rows)");
  ASSERT_TRUE(expression);
  EXPECT_EQ(expression->evaluate(scope_, clock_).value(), "orders-3");
  scope_.value = json::Object{{"name", "lines"}, {"rows", 4}};
  EXPECT_EQ(expression->evaluate(scope_, clock_).value(), "lines-4");
}

TEST_F(ExpressionTest, SaysWhetherThereIsAnythingToEvaluate) {
  EXPECT_TRUE(Expression::parse("plain")->is_literal());
  EXPECT_TRUE(Expression::parse("@@escaped")->is_literal());
  EXPECT_FALSE(Expression::parse("a @{1}")->is_literal());
  EXPECT_TRUE(is_expression("@f"));
  EXPECT_FALSE(is_expression(" @f()"));
  EXPECT_FALSE(is_expression("a @@{f()}"));
}

TEST_F(ExpressionTest, UntakenBranchesAreNotEvaluated) {
  EXPECT_EQ(evaluate("@if(true, 1, item().rows)", scope_, clock_).value(), 1);
  EXPECT_EQ(evaluate("@or(true, item().missing)", scope_, clock_).value(), true);
  EXPECT_EQ(evaluate("@and(false, item().missing)", scope_, clock_).value(), false);
  EXPECT_EQ(scope_.uses, 0);
}

TEST_F(ExpressionTest, ReplacesBothCarriersAtAnyDepth) {
  auto tree = evaluate_tree(parsed(R"({"bare":"@item().rows","text":"t/@{item().name}","plain":"x@y",
      "list":[{"value":"@item().name","type":"Expression"},1,null],
      "query":{"value":"SELECT 1","type":"Expression"},
      "kept":{"value":"@item().name","type":"SecureString"},
      "three":{"value":"v","type":"Expression","extra":1}})"),
                            scope_, clock_);
  ASSERT_TRUE(tree) << tree.error().message;
  EXPECT_EQ(*tree, parsed(R"({"bare":3,"text":"t/orders","plain":"x@y","list":["orders",1,null],
      "query":"SELECT 1","kept":{"value":"orders","type":"SecureString"},
      "three":{"value":"v","type":"Expression","extra":1}})"));
}

TEST_F(ExpressionTest, NamesThePartOfTheTreeThatFailed) {
  auto tree = evaluate_tree(parsed(R"({"source":{"paths":["a","@item().missing"]}})"), scope_, clock_);
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().target, "$.source.paths[1]");
  EXPECT_EQ(tree.error().code, "InvalidTemplate");
  EXPECT_EQ(tree.error().message,
            "The template language expression 'item().missing' cannot be evaluated because property 'missing' doesn't "
            "exist, available properties are 'name, rows'.");
}

TEST_F(ExpressionTest, LimitsTheLengthOfATextInCharacters) {
  auto of_length = [](std::size_t characters) {
    std::string text = "@'";
    for (std::size_t used = 3; used < characters; ++used) text += "ä";
    return text + "'";
  };
  EXPECT_TRUE(evaluate(of_length(kTextCharactersMax), scope_, clock_));
  auto longer = evaluate(of_length(kTextCharactersMax + 1), scope_, clock_);
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, "ExpressionTooLong");
  std::string literal(kTextCharactersMax + 1, 'x');
  EXPECT_EQ(evaluate(literal, scope_, clock_).value(), json::Value(literal));
}

TEST_F(ExpressionTest, LimitsNesting) {
  auto nested = [](std::size_t levels) {
    std::string text = "@";
    for (std::size_t level = 0; level < levels; ++level) text += "not(";
    return text + "true" + std::string(levels, ')');
  };
  EXPECT_TRUE(evaluate(nested(kNestingMax), scope_, clock_));
  auto deeper = evaluate(nested(kNestingMax + 1), scope_, clock_);
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().code, "ExpressionTooDeep");
}

TEST_F(ExpressionTest, LimitsTheDepthOfATree) {
  json::Value tree = 1;
  for (int depth = 0; depth < 200; ++depth) tree = json::Array{std::move(tree)};
  auto result = evaluate_tree(tree, scope_, clock_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "DefinitionTooDeep");
}

TEST_F(ExpressionTest, RefusesResultsThatGrowWithoutBound) {
  std::string text = "'a'";
  for (int step = 0; step < 12; ++step) text = "replace(" + text + ",'a','aaaaaaaaaaaaaaaa')";
  auto result = evaluate("@" + text, scope_, clock_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "ExpressionResultTooLarge");
}

TEST_F(ExpressionTest, AScopeAnswersOnlyWhatItHas) {
  auto result = evaluate("@pipeline().RunId", scope_, clock_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "The template function 'pipeline' is not expected at this location.");
}

}  // namespace
}  // namespace axonite::expression
