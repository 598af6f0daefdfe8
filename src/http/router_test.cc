#include "http/router.h"

#include <gtest/gtest.h>

namespace axonite::http {
namespace {

std::string find(const Router& router, std::string_view method, std::string_view path, std::size_t refused = 999) {
  Router::Found found;
  auto outcome = router.find(method, path, [&](std::size_t row) { return row != refused; }, found);
  if (outcome == Router::Outcome::no_path) return "no path";
  if (outcome == Router::Outcome::no_method) return "no method";
  if (outcome == Router::Outcome::refused) return "refused";
  std::string text = std::to_string(found.row);
  for (auto [name, value] : found.parameters) text += " " + std::string(name) + "=" + std::string(value);
  return text;
}

Router sample(bool ignore_case = false) {
  Router router(ignore_case);
  router.add("GET", "/secrets", 0);
  router.add("GET", "/secrets/{name}", 1);
  router.add("GET", "/secrets/{name}/versions", 2);
  router.add("GET", "/secrets/{name}/{version}", 3);
  router.add("PUT", "/{container}/{*path}", 4);
  router.add("PUT", "/{container}", 5);
  router.add("PUT", "/{container}", 6);
  return router;
}

TEST(RouterTest, PrefersLiteralsThenParametersThenTheRest) {
  Router router = sample();
  EXPECT_EQ(find(router, "GET", "/secrets"), "0");
  EXPECT_EQ(find(router, "GET", "/secrets/a"), "1 name=a");
  EXPECT_EQ(find(router, "GET", "/secrets/a/"), "1 name=a");
  EXPECT_EQ(find(router, "GET", "/secrets/a/versions"), "2 name=a");
  EXPECT_EQ(find(router, "GET", "/secrets/a/7f"), "3 name=a version=7f");
  EXPECT_EQ(find(router, "PUT", "/raw/x/y%20z/"), "4 container=raw path=x/y%20z/");
}

TEST(RouterTest, OffersRowsInOrderAndFallsBack) {
  Router router = sample();
  EXPECT_EQ(find(router, "PUT", "/raw"), "5 container=raw");
  EXPECT_EQ(find(router, "PUT", "/raw", 5), "6 container=raw");
  EXPECT_EQ(find(router, "GET", "/secrets/a/versions", 2), "3 name=a version=versions");
}

TEST(RouterTest, TellsUnknownPathsFromUnknownMethods) {
  Router router = sample();
  EXPECT_EQ(find(router, "GET", "/keys"), "no method");
  EXPECT_EQ(find(router, "DELETE", "/secrets/a/b/c"), "no method");
  EXPECT_EQ(find(router, "GET", "/secrets/a", 1), "refused");
  EXPECT_EQ(find(Router(), "GET", "/"), "no path");
}

TEST(RouterTest, LiteralsMayIgnoreCase) {
  EXPECT_EQ(find(sample(true), "GET", "/Secrets/MyName"), "1 name=MyName");
  EXPECT_EQ(find(sample(false), "GET", "/Secrets/MyName"), "no method");
}

}  // namespace
}  // namespace axonite::http
