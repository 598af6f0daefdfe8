#include "server/ml.h"

#include <boost/json.hpp>

#include "base/id.h"
#include "base/text.h"

namespace axonite::server {
namespace {

constexpr std::string_view kRegion = "local";

resource::Author server_itself() { return {.principal = identity::Principal::system(), .operation = {}, .correlation_id = {}}; }

}  // namespace

Result<ml::Workspace> DocumentWorkspaces::find(std::string_view id) const {
  TRY(auto parsed, resource::ResourceId::parse(id));
  TRY(resource::Document document, documents_.get(parsed));
  TRY(json::Value body, json::parse(document.body));
  std::string account = json::string_or(body, "properties.storageAccount");
  ml::Workspace workspace{.id = document.id.text(), .key = document.id.key(), .name = std::string(document.id.name()), .guid = json::string_or(body, "properties.workspaceId"),
                          .location = json::string_or(body, "location"), .tenant_id = directory_.tenant_id(), .account = account.substr(account.rfind('/') + 1)};
  if (auto identity = directory_.managed_identity(document.id.text())) workspace.identity = std::move(*identity);
  return workspace;
}

std::string DocumentWorkspaces::default_id() const {
  return "/subscriptions/" + directory_.subscription_id() + "/resourceGroups/axonite/providers/Microsoft.MachineLearningServices/workspaces/mlflow";
}

Result<ml::Workspace> DocumentWorkspaces::ensure_default() {
  if (auto there = find(default_id()); there || there.error().kind != Error::Kind::not_found) return there;
  std::lock_guard lock(making_);
  if (auto there = find(default_id())) return there;
  TRY(auto id, resource::ResourceId::parse(default_id()));
  CHECK_OK(make_default(id));
  return find(default_id());
}

Result<void> DocumentWorkspaces::make_default(const resource::ResourceId& id) {
  if (!documents_.get(id.group_id())) {
    json::Object group{{"location", kRegion}, {"properties", json::Object{{"provisioningState", "Succeeded"}}}};
    CHECK_OK(documents_.put(id.group_id(), json::write(group), {}, server_itself()));
  }
  std::string guid = new_uuid();
  TRY(std::string account_id, make_account(id, guid));
  TRY(auto account, resource::ResourceId::parse(account_id));
  TRY(json::Value properties, service::machine_learning::workspace_properties(lake_, id, kRegion, guid, account));
  TRY(auto identity, identities_.ensure(id));
  json::Object body{{"location", kRegion}, {"kind", "Default"}, {"sku", json::Object{{"name", "Basic"}, {"tier", "Basic"}}},
                    {"identity", json::Object{{"type", "SystemAssigned"}, {"principalId", identity.principal_id}, {"tenantId", identity.tenant_id}}}, {"properties", std::move(properties)}};
  CHECK_OK(documents_.put(id, json::write(body), {}, server_itself()));
  return ok();
}

Result<std::string> DocumentWorkspaces::make_account(const resource::ResourceId& workspace, std::string_view guid) {
  std::string name = "axml" + text::replace_all(std::string(guid), "-", "").substr(0, 20);
  TRY(auto id, resource::ResourceId::parse(workspace.group_id().text() + "/providers/Microsoft.Storage/storageAccounts/" + name));
  CHECK_OK(lake_.create_account(name, id.text(), false));
  json::Object endpoints{{"blob", "https://" + name + ".blob.core.windows.net/"}, {"dfs", "https://" + name + ".dfs.core.windows.net/"}};
  json::Object body{{"location", kRegion}, {"kind", "StorageV2"}, {"sku", json::Object{{"name", "Standard_LRS"}, {"tier", "Standard"}}},
                    {"properties", json::Object{{"provisioningState", "Succeeded"}, {"isHnsEnabled", false}, {"primaryEndpoints", std::move(endpoints)}}}};
  CHECK_OK(documents_.put(id, json::write(body), {}, server_itself()));
  return id.text();
}

Result<std::unique_ptr<MachineLearning>> MachineLearning::open(const std::filesystem::path& data_dir, resource::Documents& documents, identity::Directory& directory,
                                                               arm::ManagedIdentities& identities, lake::Lake& lake, Clock& clock) {
  auto made = std::make_unique<MachineLearning>();
  TRY(made->database, ml::open_database(data_dir / "ml.db"));
  made->tracking = std::make_unique<ml::Tracking>(*made->database, clock);
  made->registry = std::make_unique<ml::Registry>(*made->database, clock);
  made->assets = std::make_unique<ml::Assets>(*made->database, clock);
  made->workspaces = std::make_unique<DocumentWorkspaces>(documents, directory, identities, lake);
  auto password = [&directory](std::string_view application, const Secret& secret) { return directory.authenticate(application, secret); };
  made->mlflow = std::unique_ptr<service::mlflow::Rooms>(
      new service::mlflow::Rooms{*made->tracking, *made->registry, *made->assets, *made->workspaces, lake, directory.verifier(), std::move(password)});
  auto make_account = [raw = made->workspaces.get()](const resource::ResourceId& workspace, std::string_view guid) { return raw->make_account(workspace, guid); };
  made->management = std::unique_ptr<service::machine_learning::Rooms>(new service::machine_learning::Rooms{documents, identities, lake, std::move(make_account)});
  return made;
}

void MachineLearning::mount(front::Front& front, arm::Removers& removers) {
  front.add(service::mlflow::mlflow_service(*mlflow));
  front.add(service::machine_learning::workspace_service(*management, removers));
  front.add(service::machine_learning::discovery_service());
}

}  // namespace axonite::server
