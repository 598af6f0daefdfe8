#pragma once
// The settings of one session: Spark's defaults for those that clients and notebooks read, and what was set.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace axonite::spark {

class Settings {
 public:
  std::optional<std::string> find(const std::string& key) const;
  // SQL_CONF_NOT_FOUND for a key that was never set and has no default.
  Result<std::string> get(const std::string& key) const;
  void set(const std::string& key, std::string value) { values_[key] = std::move(value); }
  void unset(const std::string& key) { values_.erase(key); }
  std::vector<std::pair<std::string, std::string>> with_prefix(const std::string& prefix) const;
  static bool is_static(const std::string& key);

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace axonite::spark
