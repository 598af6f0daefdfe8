#include "cli/deployment.h"

#include <boost/json.hpp>
#include <iostream>

#include "base/json.h"
#include "base/text.h"

namespace axonite::cli {
namespace {

constexpr const char* kManagement = "https://management.azure.com";
constexpr const char* kLocation = "westeurope";

}  // namespace

Result<Deployment> Deployment::open(Client& client, Place place) {
  bool factory = !place.factory.empty() && !place.resource_group.empty();
  if (factory == !place.workspace.empty())
    return std::unexpected(invalid("TargetMissing", "Say where: --factory NAME --resource-group GROUP, or --workspace NAME."));
  return Deployment(client, std::move(place));
}

std::string Deployment::url(const std::string& path) const {
  if (!is_factory()) return "https://" + place_.workspace + ".dev.azuresynapse.net" + path + "?api-version=2020-12-01";
  return kManagement + ("/subscriptions/" + client_.subscription()) + "/resourceGroups/" + text::percent_encode(place_.resource_group) +
         "/providers/Microsoft.DataFactory/factories/" + text::percent_encode(place_.factory) + path + "?api-version=2018-06-01";
}

Result<void> Deployment::ensure_factory() {
  TRY(http::Incoming found, client_.send("GET", url("")));
  if (found.status != 404) return ok();  // what else may be wrong, the first definition says
  std::string group = kManagement + ("/subscriptions/" + client_.subscription()) + "/resourcegroups/" + text::percent_encode(place_.resource_group) +
                      "?api-version=2022-09-01";
  TRY(http::Incoming there, client_.send("GET", group));
  if (there.status == 404) {
    CHECK_OK(client_.call("PUT", group, json::write(json::Object{{"location", kLocation}})));
    std::cout << "made     resource group " << place_.resource_group << "\n";
  }
  CHECK_OK(client_.call("PUT", url(""), json::write(json::Object{{"location", kLocation}, {"identity", json::Object{{"type", "SystemAssigned"}}}})));
  std::cout << "made     data factory " << place_.factory << std::endl;
  return ok();
}

// A trigger must rest while it is changed.
Result<void> Deployment::stop_trigger(const std::string& path) {
  TRY(http::Incoming before, client_.send("GET", url(path)));
  if (before.status != 200) return ok();
  TRY(json::Value body, json::parse(before.body));
  if (json::string_or(body, "properties.runtimeState") == "Started") CHECK_OK(client_.call("POST", url(path + "/stop")));
  return ok();
}

Result<void> Deployment::put(const Definition& definition) {
  std::string path = "/" + std::string(definition.kind->type) + "/" + text::percent_encode(definition.name);
  bool is_trigger = definition.kind == &artifact::kTrigger;
  if (is_trigger) CHECK_OK(stop_trigger(path));
  CHECK_OK(client_.call("PUT", url(path), definition.body));
  if (definition.starts) CHECK_OK(client_.call("POST", url(path + "/start")));
  std::cout << (definition.starts ? "started  " : "applied  ") << definition.kind->noun << " " << definition.name << std::endl;
  return ok();
}

Result<void> Deployment::apply(const std::filesystem::path& folder) {
  TRY(auto definitions, read_folder(folder));
  if (is_factory()) CHECK_OK(ensure_factory());
  for (const Definition& definition : definitions) CHECK_OK(put(definition));
  return ok();
}

Result<std::string> Deployment::start(const std::string& pipeline, const std::string& parameters) {
  TRY(json::Value answer, client_.call("POST", url("/pipelines/" + text::percent_encode(pipeline) + "/createRun"), parameters));
  return json::required_string(answer, "runId");
}

Result<json::Value> Deployment::run(const std::string& run_id) { return client_.call("GET", url("/pipelineruns/" + run_id)); }

Result<json::Array> Deployment::activities(const std::string& pipeline, const std::string& run_id) {
  std::string path = (is_factory() ? "" : "/pipelines/" + text::percent_encode(pipeline)) + "/pipelineruns/" + run_id + "/queryActivityruns";
  json::Object query{{"lastUpdatedAfter", "2000-01-01T00:00:00Z"}, {"lastUpdatedBefore", "2100-01-01T00:00:00Z"}};
  json::Array all;
  while (true) {
    TRY(json::Value page, client_.call("POST", url(path), json::write(query)));
    TRY(const json::Value* runs, json::required_array(page, "value"));
    all.insert(all.end(), runs->get_array().begin(), runs->get_array().end());
    std::string continuation = json::string_or(page, "continuationToken");
    if (continuation.empty()) return all;
    query["continuationToken"] = continuation;
  }
}

}  // namespace axonite::cli
