#include <utility>

#include "engine/native.h"

namespace axonite::engine {

void Caller::remember(const Error& error) {
  std::lock_guard lock(mutex_);
  if (!error_) error_ = error;
}

std::optional<Error> Caller::take(std::string_view duckdb_text) {
  std::lock_guard lock(mutex_);
  if (!error_ || !duckdb_text.contains(error_->message)) return std::nullopt;
  return std::exchange(error_, std::nullopt);
}

void Caller::forget() {
  std::lock_guard lock(mutex_);
  error_.reset();
}

}  // namespace axonite::engine
