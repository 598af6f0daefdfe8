#pragma once
// Every room of the running server, made in this order and ended in the reverse one.
#include <filesystem>
#include <memory>

#include "arm/operations.h"
#include "arm/providers.h"
#include "artifact/artifacts.h"
#include "base/clock.h"
#include "catalog/catalog.h"
#include "catalog/feed.h"
#include "event/stream.h"
#include "front/front.h"
#include "identity/directory.h"
#include "linked_service/sealing.h"
#include "resource/documents.h"
#include "server/adapters.h"
#include "server/ml.h"
#include "server/notebooks.h"
#include "server/pipelines.h"
#include "server/scan_ports.h"
#include "server/server.h"
#include "server/sql.h"
#include "service/authorization/service.h"
#include "service/data_factory/service.h"
#include "service/entra/entra.h"
#include "service/key_vault/service.h"
#include "service/monitor/service.h"
#include "service/purview/service.h"
#include "service/resource_manager/service.h"
#include "service/storage/accounts.h"
#include "service/storage/service.h"
#include "service/studio/studio.h"
#include "service/synapse/access_control.h"
#include "service/synapse/notebook_snapshots.h"
#include "service/synapse/service.h"
#include "vault/vault.h"

namespace axonite::server {

struct Rooms {
  // Opens what the data directory holds, or makes it.
  static Result<std::unique_ptr<Rooms>> open(const Config& config, Clock& clock);
  // Mounts every service; after it, front answers.
  Result<void> mount();
  // Its parts, in this order.
  void mount_ground();
  Result<void> mount_analytics();
  Result<void> mount_runs();

  std::filesystem::path data_dir;
  Clock& clock;
  std::unique_ptr<event::Stream> events;
  std::unique_ptr<identity::Directory> directory;
  std::unique_ptr<vault::Vaults> vaults;
  std::unique_ptr<resource::Documents> documents;
  std::unique_ptr<arm::Operations> operations;
  std::unique_ptr<catalog::Catalog> data_map;
  std::unique_ptr<lake::Lake> lake;
  std::unique_ptr<linked_service::Sealer> sealer;
  std::unique_ptr<artifact::Artifacts> artifacts;
  arm::Removers removers;
  std::unique_ptr<DirectoryIdentities> identities;
  std::unique_ptr<DirectoryWorkspaceAccess> workspace_access;
  std::unique_ptr<Sql> sql;
  std::unique_ptr<service::synapse::PoolDatabases> pool_databases;
  std::unique_ptr<front::Front> front;

  // What each service works with.
  std::unique_ptr<service::entra::Rooms> entra;
  std::unique_ptr<service::resource_manager::Rooms> resource_manager;
  std::unique_ptr<service::authorization::Rooms> authorization;
  std::unique_ptr<service::key_vault::Rooms> key_vault;
  std::unique_ptr<service::data_factory::Rooms> data_factory;
  std::unique_ptr<service::storage::Rooms> storage;
  std::unique_ptr<service::storage::AccountRooms> storage_accounts;
  std::unique_ptr<service::synapse::Rooms> synapse;
  std::unique_ptr<catalog::scan::Store> scans;
  std::unique_ptr<ScanPorts> scan_ports;
  std::unique_ptr<catalog::scan::Scanner> scanner;
  std::unique_ptr<service::purview::Rooms> purview;
  std::unique_ptr<service::monitor::Rooms> monitor;
  std::unique_ptr<service::synapse::AccessRooms> synapse_access;
  std::unique_ptr<MachineLearning> machine_learning;
  std::unique_ptr<service::studio::Rooms> studio;
  std::unique_ptr<Notebooks> notebooks;
  std::unique_ptr<service::synapse::SnapshotRooms> notebook_snapshots;

  // Follow the event stream from here on: last made, first ended.
  std::unique_ptr<catalog::Feed> lineage_feed;
  std::unique_ptr<service::monitor::StoredAlertRules> alert_rules;
  std::unique_ptr<http::Transport> webhooks;
  std::unique_ptr<axonite::monitor::Alerts> alerts;

  // Its threads call every other room.
  std::unique_ptr<Pipelines> pipelines;
};

}  // namespace axonite::server
