#include "server/rooms.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "protocol/spark_connect/server.h"

namespace axonite::server {
namespace {

Result<void> write_owner_file(const std::filesystem::path& data_dir, const identity::Directory& directory) {
  if (!directory.first_owner()) return ok();
  json::Object file{{"tenantId", directory.tenant_id()},
                    {"subscriptionId", directory.subscription_id()},
                    {"clientId", directory.first_owner()->app_id},
                    {"clientSecret", directory.first_owner()->secret.reveal()}};
  return write_file_durably(data_dir / kOwnerFile, json::write(file) + "\n", 0600);
}

// Those of every protocol, for the page of what is proved.
std::vector<std::string> operation_names(const front::Front& front) {
  std::vector<std::string> names = front.operation_names();
  std::ranges::copy(protocol::spark_connect::operation_names(), std::back_inserter(names));
  std::ranges::sort(names);
  return names;
}

}  // namespace

Result<std::unique_ptr<Rooms>> Rooms::open(const Config& config, Clock& clock) {
  const std::filesystem::path& data_dir = config.data_dir;
  auto rooms = std::unique_ptr<Rooms>(new Rooms{.data_dir = data_dir, .clock = clock});
  TRY(rooms->events, event::Stream::open(data_dir / "events.db", clock));
  TRY(rooms->directory, identity::Directory::open(data_dir, clock));
  CHECK_OK(write_owner_file(data_dir, *rooms->directory));
  TRY(rooms->vaults, vault::Vaults::open(data_dir / "vault.db", data_dir / "vault.key", clock));
  TRY(rooms->documents, resource::Documents::open(data_dir / "resources.db", *rooms->events, clock));
  TRY(rooms->data_map, catalog::Catalog::open(data_dir / "catalog.db", clock));
  TRY(rooms->operations, arm::Operations::open(data_dir / "operations.db", clock));
  TRY(rooms->lake, lake::Lake::open(data_dir / "lake", rooms->directory->roles(), clock));
  TRY(rooms->sealer, linked_service::Sealer::open(data_dir / "sealing.key"));
  rooms->artifacts = std::make_unique<artifact::Artifacts>(*rooms->documents, *rooms->sealer, artifact::Check{});
  rooms->identities = std::make_unique<DirectoryIdentities>(*rooms->directory);
  rooms->workspace_access = std::make_unique<DirectoryWorkspaceAccess>(*rooms->directory);
  rooms->sql = std::make_unique<Sql>(data_dir, *rooms->directory, *rooms->documents, *rooms->lake, *rooms->events, clock);
  rooms->pool_databases = std::make_unique<EnginePoolDatabases>(rooms->sql->engine());
  TRY(rooms->notebooks, Notebooks::open(data_dir, config.worker_python, *rooms->directory, clock));
  rooms->front = std::make_unique<front::Front>(rooms->directory->verifier(), rooms->directory->roles(), *rooms->events, clock);
  return rooms;
}

// Who may do what, secrets, files.
void Rooms::mount_ground() {
  entra = std::make_unique<service::entra::Rooms>(*directory, clock);
  front->add(service::entra::token_service(*entra));
  front->add(service::entra::managed_identity_service(*entra));
  front->add(service::entra::graph_service(*entra));

  authorization = std::make_unique<service::authorization::Rooms>(*directory);
  front->add(service::authorization::authorization_service(*authorization));

  key_vault = std::unique_ptr<service::key_vault::Rooms>(new service::key_vault::Rooms{*documents, *vaults, removers, directory->tenant_id(), clock});
  front->add(service::key_vault::secret_service(*key_vault));
  front->add(service::key_vault::vault_management_service(*key_vault));

  storage = std::make_unique<service::storage::Rooms>(*lake, directory->verifier(), clock);
  front->add(service::storage::storage_service(*storage));
  storage_accounts = std::make_unique<service::storage::AccountRooms>(*documents, *lake);
  front->add(service::storage::storage_accounts_service(*storage_accounts, removers));

}

// Factories, workspaces, the data map.
Result<void> Rooms::mount_analytics() {
  data_factory = std::make_unique<service::data_factory::Rooms>(*documents, *artifacts, *identities);
  front->add(service::data_factory::data_factory_service(*data_factory, removers));

  synapse = std::unique_ptr<service::synapse::Rooms>(new service::synapse::Rooms{
      *documents, *artifacts, *operations, removers, *identities, *pool_databases, *workspace_access, directory->tenant_id()});
  front->add(service::synapse::synapse_management_service(*synapse));
  front->add(service::synapse::synapse_artifact_service(*synapse));
  synapse_access = std::make_unique<service::synapse::AccessRooms>(directory->roles());
  front->add(service::synapse::synapse_access_service(*synapse_access));
  notebook_snapshots = std::make_unique<service::synapse::SnapshotRooms>(
      [this](std::string_view workspace, std::string_view run) { return notebooks->snapshot(workspace, run); });
  front->add(service::synapse::notebook_snapshot_service(*notebook_snapshots));

  TRY(machine_learning, MachineLearning::open(data_dir, *documents, *directory, *identities, *lake, clock));
  machine_learning->mount(*front, removers);

  TRY(scans, catalog::scan::Store::open(data_dir / "scans.db"));
  scan_ports = std::make_unique<ScanPorts>(ScanPorts::Needs{*directory, *documents, *lake, *vaults, *sql});
  TRY(scanner, catalog::scan::Scanner::start(*scans, *data_map, *scan_ports, clock));
  purview = std::unique_ptr<service::purview::Rooms>(new service::purview::Rooms{*documents, *data_map, *scans, *scanner, *identities, directory->tenant_id(), clock});
  front->add(service::purview::data_map_service(*purview));
  front->add(service::purview::purview_account_service(*purview));
  TRY(lineage_feed, catalog::Feed::start(*data_map, *events, clock));
  return ok();
}

// What follows the event stream, and the runs that call everybody.
Result<void> Rooms::mount_runs() {
  monitor = std::make_unique<service::monitor::Rooms>(*documents, *events);
  front->add(service::monitor::monitor_service(*monitor));
  alert_rules = std::make_unique<service::monitor::StoredAlertRules>(*documents);
  webhooks = http::guarded_network_transport();
  TRY(alerts, axonite::monitor::Alerts::start(data_dir / "monitor.db", *events, *alert_rules, *webhooks, clock, {}));

  PipelineStores stores{.engine = [this]() -> Result<engine::Engine*> { return &sql->engine(); },
                        .view_of = [this](const identity::Principal& principal) { return lake->view(principal); },
                        .sql = &sql->port(),
                        .notebooks = notebooks.get()};
  TRY(pipelines, Pipelines::open(data_dir, *documents, *sealer, *directory, *events, *front, stores, clock));
  pipelines->mount(*documents, *artifacts, *front);
  return ok();
}

Result<void> Rooms::mount() {
  std::string tenant = directory->tenant_id();
  CHECK_OK(service::resource_manager::ensure_subscription(*documents, directory->subscription_id(), tenant));
  mount_ground();
  CHECK_OK(mount_analytics());
  CHECK_OK(mount_runs());

  studio = std::unique_ptr<service::studio::Rooms>(new service::studio::Rooms{
      .calls = [this] { return front->call_counts(); }, .operations = [this] { return operation_names(*front); }, .started = clock.now(), .clock = clock});
  front->add(service::studio::make_service(*studio));

  // Last: what no other management service knows is refused there in ARM's own words.
  resource_manager = std::unique_ptr<service::resource_manager::Rooms>(
      new service::resource_manager::Rooms{*documents, *operations, removers, directory->roles(), tenant});
  front->add(service::resource_manager::resource_manager_service(*resource_manager));
  front->add(service::storage::local_storage_service(*storage));  // last: it takes nearly any path
  CHECK_OK(operations->start());
  return pipelines->resume();
}

}  // namespace axonite::server
