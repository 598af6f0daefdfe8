#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace axonite {

// A value that must not reach a log, an error or a run record. It has no stream operator, no formatter and
// no JSON conversion; reveal() is the one way out, so that `git grep reveal` lists every place that reads it.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) = default;
  ~Secret();

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

// Takes the same time wherever the texts differ.
bool equals_in_constant_time(std::string_view a, std::string_view b);

}  // namespace axonite
