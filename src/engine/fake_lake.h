#pragma once
// A lake in memory for unit tests: one map of files per caller's account, so that a wrong caller finds nothing.
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "lake/lake.h"

namespace axonite::engine {

struct FakeLake {
  std::mutex mutex;
  std::map<std::string, std::string> files;  // "account/filesystem/path"
};

// Sees only account `account`; everything else is forbidden("AuthorizationPermissionMismatch").
std::unique_ptr<lake::View> fake_view(FakeLake& lake, std::string account);

}  // namespace axonite::engine
