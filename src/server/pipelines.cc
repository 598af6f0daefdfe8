#include "server/pipelines.h"

#include "base/log.h"
#include "identity/token.h"
#include "pipeline/activities/data.h"

namespace axonite::server {
namespace {

pipeline::ActivityResult no_lake(const pipeline::Work&) {
  return pipeline::failed("LakeUnavailable", "The lake is not part of this build.");
}

}  // namespace

Result<Secret> DirectoryTokens::token(const identity::Principal& principal, std::string_view audience) {
  if (principal.object_id.empty())
    return std::unexpected(forbidden("NoManagedIdentity", "'" + principal.name + "' has no managed identity to call others with."));
  return directory_.issuer().issue(principal, audience).token;
}

Result<std::unique_ptr<Pipelines>> Pipelines::open(const std::filesystem::path& data_dir, const resource::Documents& documents,
                                                   const linked_service::Sealer& sealer, const identity::Directory& directory,
                                                   event::Stream& events, front::Front& front, PipelineStores stores, Clock& clock) {
  auto pipelines = std::make_unique<Pipelines>();
  pipelines->definitions = std::make_unique<DocumentDefinitions>(documents, sealer);
  pipelines->tokens = std::make_unique<DirectoryTokens>(directory);
  pipelines->transport = http::routed_transport([&front](std::string_view host) { return front.serves(host); },
                                                http::in_process_transport(front.handler()), http::network_transport());
  pipelines->caller = std::make_unique<linked_service::Caller>(*pipelines->transport, *pipelines->tokens, &events, clock);
  pipelines->ports = std::unique_ptr<pipeline::DataPorts>(new pipeline::DataPorts{
      *pipelines->definitions, *pipelines->caller, stores.sql, std::move(stores.engine), std::move(stores.view_of), &events, clock});
  pipeline::Activities activities = pipeline::activities::data_activities(*pipelines->ports);
  if (!pipelines->ports->view_of || !pipelines->ports->engine)
    for (const char* type : {"Copy", "Lookup", "GetMetadata", "Delete"}) activities[type] = &no_lake;
  if (stores.notebooks)
    activities["SynapseNotebook"] = [ports = pipelines->ports.get(), notebooks = stores.notebooks](const pipeline::Work& work) {
      return pipeline::activities::notebook(*ports, *notebooks, work);
    };
  TRY(pipelines->log, pipeline::RunLog::open(data_dir / "runs.db"));
  pipelines->runner = std::make_unique<pipeline::Runner>(*pipelines->log, *pipelines->definitions, std::move(activities), &events, clock);
  TRY(pipelines->trigger_log, pipeline::triggers::TriggerLog::open(data_dir / "triggers.db"));
  pipelines->triggers = std::make_unique<pipeline::triggers::Triggers>(*pipelines->trigger_log, *pipelines->runner, *pipelines->definitions, clock);
  return pipelines;
}

Result<void> Pipelines::resume() {
  CHECK_OK(runner->resume());
  return triggers->resume();
}

void Pipelines::mount(resource::Documents& documents, artifact::Artifacts& artifacts, front::Front& front) {
  artifacts.on_trigger_removed([this](const resource::ResourceId& owner, std::string_view name) {
    if (auto forgotten = triggers->forget(owner.text(), name); !forgotten)
      log::error("trigger", std::string(name) + " is not forgotten: " + forgotten.error().message);
  });
  data_factory = std::unique_ptr<service::data_factory::RunRooms>(new service::data_factory::RunRooms{*runner, *definitions, *triggers, artifacts});
  synapse = std::unique_ptr<service::synapse::RunRooms>(new service::synapse::RunRooms{documents, *runner, *definitions, *triggers, artifacts});
  front.add(service::data_factory::data_factory_run_service(*data_factory));
  front.add(service::synapse::synapse_run_service(*synapse));
}

}  // namespace axonite::server
