#pragma once
// Registered models and their versions: one registry for MLflow, the v1 and the v2 API.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ml/tracking.h"

namespace axonite::ml {

struct ModelVersion {
  std::int64_t number = 0;
  std::string name, version;
  std::string source;  // where its files are, as the client gave it
  std::string run_id, stage = "None", description, user;
  std::string properties = "{}";  // what only one API knows (flavors, model type, framework), JSON
  std::int64_t created_ms = 0, updated_ms = 0;
  std::vector<Pair> tags;
  std::vector<std::string> aliases;
};

struct Alias {
  std::string alias, version;
};

struct Model {
  std::int64_t number = 0;
  std::string name, description;
  std::int64_t created_ms = 0, updated_ms = 0;
  std::vector<Pair> tags;
  std::vector<Alias> aliases;
  std::vector<ModelVersion> latest;  // of each stage
};

struct NewVersion {
  std::string version;  // empty = the highest number and one
  std::string source, run_id, description, user, properties = "{}";
  std::vector<Pair> tags;
  bool make_model = false;  // v1 and v2 register into models that are not there yet
  bool replace = false;     // PUT of v2: a version that is there takes the new description, tags and properties
};

class Registry {
 public:
  Registry(store::Database& database, Clock& clock) : database_(database), clock_(clock) {}

  // Errors: RESOURCE_ALREADY_EXISTS, RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE.
  Result<Model> create_model(std::string_view workspace, std::string_view name, std::string_view description, const std::vector<Pair>& tags);
  Result<Model> model(std::string_view workspace, std::string_view name) const;
  Result<Model> rename_model(std::string_view workspace, std::string_view name, std::string_view new_name);
  Result<Model> describe_model(std::string_view workspace, std::string_view name, std::string_view description);
  Result<void> remove_model(std::string_view workspace, std::string_view name);
  Result<void> set_model_tag(std::string_view workspace, std::string_view name, const Pair& tag);
  Result<void> delete_model_tag(std::string_view workspace, std::string_view name, std::string_view key);
  Result<Found<Model>> search_models(std::string_view workspace, const Search& search) const;
  Result<void> set_alias(std::string_view workspace, std::string_view name, const Alias& alias);
  Result<void> delete_alias(std::string_view workspace, std::string_view name, std::string_view alias);
  Result<ModelVersion> by_alias(std::string_view workspace, std::string_view name, std::string_view alias) const;

  // versions.cc. Numbers are texts: v2 lets people choose them.
  Result<ModelVersion> create_version(std::string_view workspace, std::string_view name, const NewVersion& version);
  Result<ModelVersion> version(std::string_view workspace, std::string_view name, std::string_view version) const;
  Result<ModelVersion> describe_version(std::string_view workspace, std::string_view name, std::string_view version, std::string_view description);
  Result<ModelVersion> set_stage(std::string_view workspace, std::string_view name, std::string_view version, std::string_view stage, bool archive_others);
  Result<void> remove_version(std::string_view workspace, std::string_view name, std::string_view version);
  Result<void> set_version_tag(std::string_view workspace, std::string_view name, std::string_view version, const Pair& tag);
  Result<void> delete_version_tag(std::string_view workspace, std::string_view name, std::string_view version, std::string_view key);
  // All of a model, newest first.
  Result<std::vector<ModelVersion>> versions(std::string_view workspace, std::string_view name) const;
  Result<Found<ModelVersion>> search_versions(std::string_view workspace, const Search& search) const;

 private:
  store::Database& database_;
  Clock& clock_;
};

}  // namespace axonite::ml
