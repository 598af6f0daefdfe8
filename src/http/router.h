#pragma once
// A trie over path segments. Templates: literals, {parameter} for one non-empty segment, {*rest} for all that is
// left (may be empty). A literal beats a parameter, a parameter beats the rest; when no row at a place is accepted
// the next best place is tried.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace axonite::http {

class Router {
 public:
  // Literals compare without ASCII case when asked to; parameters keep the case they came in.
  explicit Router(bool ignore_case = false);
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // `row` is the caller's number. Several rows may share method and template.
  void add(std::string_view method, std::string_view path_template, std::size_t row);

  struct Found {
    std::size_t row = 0;
    // Name and raw (still percent-encoded) value.
    std::vector<std::pair<std::string_view, std::string_view>> parameters;
  };
  enum class Outcome { found, no_path, no_method, refused };
  // `path` is percent-encoded and starts with '/'; one slash at its end is ignored except by {*rest}. `accept` says
  // whether a row fits the rest of the request; rows are offered in the order they were added.
  // no_method: the path is known under other methods; refused: no row was accepted.
  Outcome find(std::string_view method, std::string_view path, const std::function<bool(std::size_t)>& accept,
               Found& found) const;

 private:
  struct Node;
  struct Search;
  bool ignore_case_;
  std::unique_ptr<Node> root_;
};

}  // namespace axonite::http
