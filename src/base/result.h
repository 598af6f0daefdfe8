#pragma once
// Result<T>: a value or an Error. libstdc++ 12 has std::expected without its monadic members,
// so the two that are used here stand below as functions.
#include <expected>
#include <utility>

#include "base/error.h"

namespace axonite {

template <class T>
using Result = std::expected<T, Error>;

// A value for Result<void>: `return ok();`.
inline Result<void> ok() { return {}; }

// map(result, f): f(value) on success, the error otherwise.
template <class T, class F>
auto map(Result<T> result, F&& f) -> Result<decltype(f(std::move(*result)))> {
  if (!result) return std::unexpected(std::move(result.error()));
  return f(std::move(*result));
}

// then(result, f): f returns a Result itself.
template <class T, class F>
auto then(Result<T> result, F&& f) -> decltype(f(std::move(*result))) {
  if (!result) return std::unexpected(std::move(result.error()));
  return f(std::move(*result));
}

}  // namespace axonite

#define AXONITE_CONCAT_(a, b) a##b
#define AXONITE_CONCAT(a, b) AXONITE_CONCAT_(a, b)

// TRY(auto rows, read_rows()); declares `rows` or returns the error from the function it stands in.
#define TRY(declaration, ...)                                              \
  auto AXONITE_CONCAT(try_result_, __LINE__) = (__VA_ARGS__);              \
  if (!AXONITE_CONCAT(try_result_, __LINE__))                              \
    return std::unexpected(std::move(AXONITE_CONCAT(try_result_, __LINE__).error())); \
  declaration = std::move(*AXONITE_CONCAT(try_result_, __LINE__))

// CHECK_OK(write(...)); returns the error from the function it stands in; the value is dropped.
#define CHECK_OK(...)                                                           \
  do {                                                                          \
    auto check_result = (__VA_ARGS__);                                          \
    if (!check_result) return std::unexpected(std::move(check_result.error())); \
  } while (false)
