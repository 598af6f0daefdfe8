#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "service/mlflow/handlers.h"

namespace axonite::service::mlflow {
namespace {

constexpr std::size_t kListedMax = 100'000;

lake::Location location(const ml::Place& place) { return {place.account, place.container, place.path}; }

json::Object file_json(const lake::Entry& entry, std::size_t prefix) {
  json::Object file{{"path", entry.location.path.substr(std::min(prefix, entry.location.path.size()))}, {"is_dir", entry.is_directory}};
  if (!entry.is_directory) file["file_size"] = entry.size;
  return file;
}

// Direct children of a folder; a folder that is not there has none, a file is itself.
Result<json::Array> children(Rooms& rooms, const ml::Workspace& workspace, const ml::Place& place, std::size_t prefix) {
  auto view = rooms.lake.view(workspace.store_keeper());
  json::Array files;
  auto there = view->stat(location(place));
  if (there && !there->is_directory) {
    files.push_back(file_json(*there, prefix));
    return files;
  }
  auto listed = view->list(location(place), false);
  if (!listed && listed.error().kind == Error::Kind::not_found) return files;
  if (!listed) return std::unexpected(std::move(listed.error()));
  for (const lake::Entry& entry : *listed) {
    if (files.size() >= kListedMax) break;
    files.push_back(file_json(entry, prefix));
  }
  return files;
}

// The place that a proxied path names; `mlflow-artifacts:/` is the artifact container.
Result<ml::Place> proxied(const ml::Workspace& workspace, std::string_view path) {
  CHECK_OK(ml::checked_path(path));
  return ml::resolve(workspace, "mlflow-artifacts:/" + std::string(path));
}

Result<void> copy(http::BodySource& from, lake::Writer& to) {
  std::array<char, 64u << 10> buffer;
  while (true) {
    TRY(std::size_t got, from.read(buffer));
    if (got == 0) return ok();
    CHECK_OK(to.append({buffer.data(), got}));
  }
}

Result<void> send(const lake::Reader& reader, http::BodySink& sink) {
  std::array<char, 64u << 10> buffer;
  for (std::uint64_t at = 0; at < reader.entry().size;) {
    TRY(std::size_t got, reader.read_at(at, buffer));
    if (got == 0) return std::unexpected(internal("an artifact ended early"));
    CHECK_OK(sink.write({buffer.data(), got}));
    at += got;
  }
  return ok();
}

}  // namespace

Answer list_artifacts(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(Arguments arguments, Arguments::of(call));
  TRY(std::string id, arguments.text("run_id"));
  TRY(ml::RunPointer run, rooms.tracking.run(workspace.key, id));
  TRY(std::string below, ml::checked_path(arguments.text_or("path")));
  ml::Place root = ml::run_artifacts(workspace, run->id), place = root;
  if (!below.empty()) place.path += "/" + below;
  TRY(json::Array files, children(rooms, workspace, place, root.path.size() + 1));
  return json_answer(json::Object{{"root_uri", artifact_uri(workspace, call, root, run->experiment_id, run->id)}, {"files", std::move(files)}});
}

Answer list_proxied(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(ml::Place place, proxied(workspace, call.query("path")));
  TRY(json::Array files, children(rooms, workspace, place, place.path.empty() ? 0 : place.path.size() + 1));
  return json_answer(json::Object{{"files", std::move(files)}});
}

Answer put_artifact(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(ml::Place place, proxied(workspace, call.path("artifact")));
  if (place.path.empty()) return std::unexpected(ml::bad_value("The artifact needs a path."));
  auto view = rooms.lake.view(workspace.store_keeper());
  TRY(auto writer, view->create(location(place)));
  CHECK_OK(copy(*call.request.body, *writer));
  CHECK_OK(writer->commit());
  return json_answer(json::Object{});
}

Answer get_artifact(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(ml::Place place, proxied(workspace, call.path("artifact")));
  auto view = rooms.lake.view(workspace.store_keeper());
  auto opened = view->open(location(place));
  if (!opened && opened.error().kind == Error::Kind::not_found) return std::unexpected(ml::no_such("artifact with path", call.path("artifact")));
  if (!opened) return std::unexpected(std::move(opened.error()));
  std::shared_ptr<lake::Reader> reader = std::move(*opened);
  http::Response response;
  response.headers.set("Content-Type", "application/octet-stream");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.body = http::Stream{.write = [reader](http::BodySink& sink) { return send(*reader, sink); }, .length = reader->entry().size};
  return response;
}

Answer delete_artifact(Rooms& rooms, front::Call& call) {
  TRY(ml::Workspace workspace, workspace_of(rooms, call));
  TRY(ml::Place place, proxied(workspace, call.path("artifact")));
  if (place.path.empty()) return std::unexpected(ml::bad_value("The artifact needs a path."));
  auto removed = rooms.lake.view(workspace.store_keeper())->remove(location(place), true);
  if (!removed && removed.error().kind != Error::Kind::not_found) return std::unexpected(std::move(removed.error()));
  return json_answer(json::Object{});
}

Answer server_info(Rooms&, front::Call&) {
  return json_answer(json::Object{{"store_type", "Axonite"}, {"workspaces_enabled", false}, {"multipart_uploads_enabled", false}, {"multipart_downloads_enabled", false}});
}

}  // namespace axonite::service::mlflow
