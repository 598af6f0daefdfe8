#pragma once
// A factory or a workspace as `apply` and `run` reach it: where its definitions and its runs lie.
#include <string>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/folder.h"

namespace axonite::cli {

class Deployment {
 public:
  // invalid("TargetMissing") unless the place names a factory with its resource group, or a workspace.
  static Result<Deployment> open(Client& client, Place place);

  // Puts every definition of the folder, in the order of their references; says each on standard output. A factory that
  // is not there is made, with its resource group and an identity of its own.
  Result<void> apply(const std::filesystem::path& folder);
  Result<std::string> start(const std::string& pipeline, const std::string& parameters);
  Result<json::Value> run(const std::string& run_id);
  // The activity runs so far, oldest first.
  Result<json::Array> activities(const std::string& pipeline, const std::string& run_id);

 private:
  Deployment(Client& client, Place place) : client_(client), place_(std::move(place)) {}
  bool is_factory() const { return place_.workspace.empty(); }
  std::string url(const std::string& path) const;
  Result<void> ensure_factory();
  Result<void> put(const Definition& definition);
  Result<void> stop_trigger(const std::string& path);

  Client& client_;
  Place place_;
};

}  // namespace axonite::cli
