#include "cli/folder.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace axonite::cli {
namespace {

struct KindFolder {
  const char* folder;
  const artifact::Kind* kind;
};

const KindFolder kFolders[] = {
    {"credential", &artifact::kCredential}, {"integrationRuntime", &artifact::kIntegrationRuntime},
    {"linkedService", &artifact::kLinkedService}, {"dataset", &artifact::kDataset},
    {"sqlscript", &artifact::kSqlScript}, {"notebook", &artifact::kNotebook},
    {"sparkJobDefinition", &artifact::kSparkJobDefinition}, {"dataflow", &artifact::kDataFlow},
    {"pipeline", &artifact::kPipeline}, {"trigger", &artifact::kTrigger},
};

Result<Definition> read_definition(const artifact::Kind& kind, const std::filesystem::path& file) {
  std::string shown = file.parent_path().filename().string() + "/" + file.filename().string();
  TRY(std::string content, read_file(file));
  auto parsed = json::parse(content);
  if (!parsed) return std::unexpected(invalid("InvalidDefinition", shown + ": " + parsed.error().message));
  const json::Value* properties = json::find(*parsed, "properties");
  if (!properties || !properties->is_object())
    return std::unexpected(invalid("InvalidDefinition", shown + ": has no object 'properties'."));
  Definition definition{.kind = &kind,
                        .name = json::string_or(*parsed, "name", file.stem().string()),
                        .body = json::write(json::Object{{"properties", *properties}}),
                        .references = artifact::references_of(*properties)};
  definition.starts = &kind == &artifact::kTrigger && json::string_or(*properties, "runtimeState") == "Started";
  return definition;
}

// Sorted, so that two runs do the same in the same order.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code absent;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, absent))
    if (entry.is_regular_file() && entry.path().extension() == ".json") files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

bool is(const Definition& definition, const artifact::Reference& reference) {
  return definition.kind == reference.kind && text::equals_ignoring_case(definition.name, reference.name);
}

}  // namespace

Result<std::vector<Definition>> in_order_of_references(std::vector<Definition> waiting) {
  std::vector<Definition> ordered;
  while (!waiting.empty()) {
    auto refers = [](const Definition& definition, const Definition& other) {
      return &definition != &other && std::ranges::any_of(definition.references, [&](const auto& reference) { return is(other, reference); });
    };
    auto next = std::ranges::find_if(waiting, [&](const Definition& definition) {
      return std::ranges::none_of(waiting, [&](const Definition& other) { return refers(definition, other); });
    });
    if (next == waiting.end()) {
      std::vector<std::string> names;
      for (const Definition& definition : waiting) names.push_back(definition.name);
      return std::unexpected(invalid("ReferenceCycle", "These definitions refer to one another in a circle: " + text::join(names, ", ") + "."));
    }
    ordered.push_back(std::move(*next));
    waiting.erase(next);
  }
  return ordered;
}

Result<std::vector<Definition>> read_folder(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) return std::unexpected(not_found("FolderNotFound", "There is no folder " + folder.string() + "."));
  std::vector<Definition> definitions;
  for (const auto& [name, kind] : kFolders) {
    for (const auto& file : files_of(folder / name)) {
      TRY(Definition definition, read_definition(*kind, file));
      // Every factory and workspace has this runtime; git mode writes it down all the same.
      if (kind == &artifact::kIntegrationRuntime && definition.name == artifact::kAutoResolve) continue;
      definitions.push_back(std::move(definition));
    }
  }
  if (definitions.empty())
    return std::unexpected(invalid("FolderEmpty", folder.string() + " holds no linkedService/, dataset/, pipeline/ or other folder of definitions."));
  return in_order_of_references(std::move(definitions));
}

}  // namespace axonite::cli
