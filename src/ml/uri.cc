#include "ml/uri.h"

#include <algorithm>

#include "base/text.h"
#include "ml/tracking.h"

namespace axonite::ml {
namespace {

constexpr std::size_t kUriBytesMax = 8000;
constexpr std::string_view kDatastoreMark = "@datastores/";

// What follows `mark` in `text`; nothing when it is not there.
std::optional<std::string_view> after(std::string_view text, std::string_view mark) {
  std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  return text.substr(at + mark.size());
}

std::pair<std::string_view, std::string_view> split_once(std::string_view text) {
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {text, {}};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

Result<Place> below(Place base, std::string_view path) {
  TRY(std::string clean, checked_path(path));
  if (!clean.empty()) base.path += (base.path.empty() ? "" : "/") + clean;
  return base;
}

Error unknown(std::string_view uri) { return unsupported("UnsupportedUri", "Axonite cannot tell where '" + std::string(uri.substr(0, 200)) + "' lies."); }

Result<Place> in_datastore(const Workspace& workspace, std::string_view name, std::string_view path, std::string_view uri) {
  auto base = built_in_datastore(workspace, name);
  if (!base) return std::unexpected(not_found("DatastoreNotFound", "Could not find the datastore '" + std::string(name) + "' of " + std::string(uri.substr(0, 200)) + "."));
  return below(*base, path);
}

Result<Place> of_azureml(const Workspace& workspace, std::string_view uri) {
  std::string_view rest = uri.substr(std::string_view("azureml://").size());
  if (auto datastore = after(uri, "/datastores/")) {
    auto [name, tail] = split_once(*datastore);
    if (!tail.starts_with("paths/") && tail != "paths") return std::unexpected(unknown(uri));
    return in_datastore(workspace, name, tail.substr(std::min<std::size_t>(6, tail.size())), uri);
  }
  if (auto run = after(uri, "/runs/")) {
    auto [id, tail] = split_once(*run);
    if (tail.starts_with("artifacts")) tail.remove_prefix(std::min<std::size_t>(10, tail.size()));
    return below(run_artifacts(workspace, id), tail);
  }
  if (auto job = after(uri, "/jobs/")) {
    auto [id, tail] = split_once(*job);
    if (!tail.starts_with("outputs/artifacts")) return std::unexpected(unknown(uri));
    tail.remove_prefix(std::min<std::size_t>(18, tail.size()));
    if (tail.starts_with("paths/")) tail.remove_prefix(6);
    return below(run_artifacts(workspace, id), tail);
  }
  if (rest.starts_with("artifacts/")) return below({workspace.account, workspace.artifact_container(), ""}, rest.substr(10));
  if (rest.starts_with("artifact/")) return below({workspace.account, workspace.artifact_container(), ""}, rest.substr(9));
  return std::unexpected(unknown(uri));
}

// https://a.blob.core.windows.net/c/p, abfss://c@a.dfs.core.windows.net/p, wasbs://c@a.blob.core.windows.net/p
Result<Place> of_account(std::string_view uri) {
  std::string_view rest = *after(uri, "://");
  rest = rest.substr(0, rest.find('?'));
  auto [host, path] = split_once(rest);
  Place place;
  if (std::size_t at = host.find('@'); at != std::string_view::npos) {
    place.container = host.substr(0, at);
    host.remove_prefix(at + 1);
  } else {
    auto [container, tail] = split_once(path);
    place.container = container;
    path = tail;
  }
  if (!host.ends_with(".blob.core.windows.net") && !host.ends_with(".dfs.core.windows.net")) return std::unexpected(unknown(uri));
  place.account = host.substr(0, host.find('.'));
  auto decoded = text::percent_decode(path);
  if (!decoded || place.container.empty()) return std::unexpected(unknown(uri));
  return below(place, *decoded);
}

}  // namespace

Result<std::string> checked_path(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return std::string();
  bool bad = path.size() > 1024 || !text::is_valid_utf8(path) || std::ranges::any_of(path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\'; });
  for (std::string_view segment : text::split(path, '/')) bad |= segment.empty() || segment == "." || segment == "..";
  if (bad) return std::unexpected(bad_value("Invalid path: '" + text::percent_encode(path.substr(0, 200), "/") + "'."));
  return std::string(path);
}

std::optional<Place> built_in_datastore(const Workspace& workspace, std::string_view name) {
  if (name == "workspaceartifactstore") return Place{workspace.account, workspace.artifact_container(), ""};
  if (name == "workspaceblobstore") return Place{workspace.account, workspace.blobstore_container(), ""};
  return std::nullopt;
}

Place run_artifacts(const Workspace& workspace, std::string_view run_id) {
  return {workspace.account, workspace.artifact_container(), "ExperimentRun/dcid." + std::string(run_id)};
}

Result<Place> resolve(const Workspace& workspace, std::string_view uri) {
  if (uri.size() > kUriBytesMax) return std::unexpected(bad_value("The URI is longer than 8000 bytes."));
  if (uri.starts_with("mlflow-artifacts:")) {
    std::string_view path = uri.substr(17);
    while (path.starts_with('/')) path.remove_prefix(1);
    if (path.starts_with(kDatastoreMark)) {
      auto [name, tail] = split_once(path.substr(kDatastoreMark.size()));
      return in_datastore(workspace, name, tail, uri);
    }
    return below({workspace.account, workspace.artifact_container(), ""}, path);
  }
  if (uri.starts_with("runs:/")) {
    auto [run, path] = split_once(uri.substr(6));
    return below(run_artifacts(workspace, run), path);
  }
  if (uri.starts_with("azureml://")) return of_azureml(workspace, uri);
  if (uri.starts_with("aml://artifact/")) return below({workspace.account, workspace.artifact_container(), ""}, uri.substr(15));
  for (std::string_view scheme : {"https://", "abfss://", "abfs://", "wasbs://", "wasb://"})
    if (uri.starts_with(scheme)) return of_account(uri);
  return std::unexpected(unknown(uri));
}

std::string proxy_uri(const Workspace& workspace, const Place& place) {
  if (place.account != workspace.account) return place.https();
  if (place.container == workspace.artifact_container()) return "mlflow-artifacts:/" + place.path;
  if (place.container == workspace.blobstore_container()) return "mlflow-artifacts:/" + std::string(kDatastoreMark) + "workspaceblobstore/" + place.path;
  return place.https();
}

std::string datastore_uri(const Workspace& workspace, const Place& place) {
  std::string_view name = place.container == workspace.artifact_container() ? "workspaceartifactstore" : place.container == workspace.blobstore_container() ? "workspaceblobstore" : "";
  if (place.account != workspace.account || name.empty()) return place.https();
  std::string scope = workspace.id.substr(1);
  scope = text::replace_all(scope, "providers/Microsoft.MachineLearningServices/workspaces/", "workspaces/");
  return "azureml://" + text::replace_all(scope, "resourceGroups", "resourcegroups") + "/datastores/" + std::string(name) + "/paths/" + place.path;
}

}  // namespace axonite::ml
