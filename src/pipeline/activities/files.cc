// GetMetadata and Delete: what they ask of a folder or file.
#include <boost/json.hpp>

#include "base/text.h"
#include "pipeline/activities/data.h"
#include "pipeline/connectors/files.h"
#include "pipeline/model_json.h"

namespace axonite::pipeline::activities {
namespace {

using definition::member;

Result<Dataset> dataset_of(const DataPorts& ports, const Work& work) {
  const json::Value* reference = member(*work.properties, "dataset");
  if (!reference) return std::unexpected(invalid("BadRequest", "The activity needs 'dataset'."));
  return resolve_dataset(ports, work, *reference);
}

std::string name_of(const lake::Location& location) { return location.path.substr(location.path.rfind('/') + 1); }

Result<void> add_field(const lake::View& view, const lake::Entry& entry, std::string_view field, json::Object& output) {
  if (field == "itemName") output["itemName"] = name_of(entry.location);
  else if (field == "itemType") output["itemType"] = entry.is_directory ? "Folder" : "File";
  else if (field == "size") output["size"] = entry.size;
  else if (field == "lastModified") output["lastModified"] = format_iso_seconds(entry.modified);
  else if (field == "created") output["created"] = format_iso_seconds(entry.created);
  else if (field == "contentMD5") output["contentMD5"] = text::base64_encode(entry.content_md5);
  else if (field == "childItems") {
    TRY(auto children, view.list(entry.location, false));
    json::Array items;
    for (const lake::Entry& child : children)
      items.push_back(json::Object{{"name", name_of(child.location)}, {"type", child.is_directory ? "Folder" : "File"}});
    output["childItems"] = std::move(items);
  } else if (field != "exists") {
    return std::unexpected(unsupported("UnsupportedField", "The field '" + std::string(field) + "' of GetMetadata is not supported here."));
  }
  return ok();
}

Result<json::Value> metadata(const DataPorts& ports, const Work& work) {
  TRY(Dataset dataset, dataset_of(ports, work));
  TRY(lake::Location at, connectors::location_of(dataset));
  const json::Value* fields = member(*work.properties, "fieldList");
  if (!fields || !fields->is_array()) return std::unexpected(invalid("BadRequest", "GetMetadata needs 'fieldList'."));
  bool asks_exists = false;
  for (const json::Value& field : fields->get_array()) asks_exists = asks_exists || (field.is_string() && field.get_string() == "exists");
  auto view = ports.view_of(work.owner.principal);
  auto entry = view->stat(at);
  json::Object output;
  if (!entry) {
    if (entry.error().kind != Error::Kind::not_found) return std::unexpected(std::move(entry.error()));
    if (!asks_exists) return std::unexpected(not_found("UserErrorFileNotFound", "'" + at.abfss() + "' was not found."));
    output["exists"] = false;
    return output;
  }
  if (asks_exists) output["exists"] = true;
  for (const json::Value& field : fields->get_array())
    if (field.is_string()) CHECK_OK(add_field(*view, *entry, std::string_view(field.get_string()), output));
  return output;
}

Result<json::Value> delete_files(const DataPorts& ports, const Work& work) {
  TRY(Dataset dataset, dataset_of(ports, work));
  TRY(lake::Location at, connectors::location_of(dataset));
  auto view = ports.view_of(work.owner.principal);
  json::Object settings;
  if (const json::Value* given = member(*work.properties, "storeSettings"); given && given->is_object()) settings = given->get_object();
  TRY(bool recursive, definition::boolean_or(json::Value(settings), "recursive", false, "$.storeSettings"));
  settings["recursive"] = recursive;
  json::Value options = settings;
  auto set = connectors::list_files(*view, dataset, &options);
  if (!set && set.error().kind != Error::Kind::not_found) return std::unexpected(std::move(set.error()));
  std::size_t deleted = 0;
  for (std::size_t i = 0; set && i < set->files.size(); ++i) {
    auto removed = view->remove(set->files[i].location, false);
    if (!removed && removed.error().kind != Error::Kind::not_found) return std::unexpected(std::move(removed.error()));
    deleted += removed ? 1 : 0;
  }
  return json::Object{{"datasetName", dataset.name}, {"type", dataset.target.type}, {"prefix", at.filesystem}, {"folderPath", at.path},
                      {"recursive", recursive}, {"isWildcardUsed", options.get_object().contains("wildcardFileName")},
                      {"filesDeleted", deleted}, {"effectiveIntegrationRuntime", "AutoResolveIntegrationRuntime"}};
}

}  // namespace

ActivityResult get_metadata(const DataPorts& ports, const Work& work) { return finish(metadata(ports, work)); }
ActivityResult remove(const DataPorts& ports, const Work& work) { return finish(delete_files(ports, work)); }

}  // namespace axonite::pipeline::activities
