#pragma once
// Pipelines as the server runs them: the run log, the runner, and what activities reach the world through.
#include <memory>

#include "front/front.h"
#include "identity/directory.h"
#include "pipeline/activities/notebook.h"
#include "pipeline/references.h"
#include "pipeline/runner.h"
#include "pipeline/triggers/triggers.h"
#include "server/definitions.h"
#include "service/data_factory/runs.h"
#include "service/synapse/runs.h"

namespace axonite::server {

// Tokens for the identities of factories and workspaces.
class DirectoryTokens : public linked_service::TokenSource {
 public:
  explicit DirectoryTokens(const identity::Directory& directory) : directory_(directory) {}
  Result<Secret> token(const identity::Principal& principal, std::string_view audience) override;

 private:
  const identity::Directory& directory_;
};

// What other rooms lend. Where one is missing, the activities that need it answer unsupported.
struct PipelineStores {
  std::function<Result<engine::Engine*>()> engine;
  engine::ViewOf view_of;
  linked_service::SqlPort* sql = nullptr;
  pipeline::NotebookPort* notebooks = nullptr;
};

struct Pipelines {
  static Result<std::unique_ptr<Pipelines>> open(const std::filesystem::path& data_dir, const resource::Documents& documents,
                                                 const linked_service::Sealer& sealer, const identity::Directory& directory,
                                                 event::Stream& events, front::Front& front, PipelineStores stores, Clock& clock);
  // Adds the run endpoints of factories and workspaces.
  void mount(resource::Documents& documents, artifact::Artifacts& artifacts, front::Front& front);
  // Goes on with what was running when the server ended. After every service is mounted.
  Result<void> resume();

  std::unique_ptr<DocumentDefinitions> definitions;
  std::unique_ptr<DirectoryTokens> tokens;
  std::unique_ptr<http::Transport> transport;
  std::unique_ptr<linked_service::Caller> caller;
  std::unique_ptr<pipeline::DataPorts> ports;
  std::unique_ptr<pipeline::RunLog> log;
  std::unique_ptr<pipeline::Runner> runner;
  std::unique_ptr<pipeline::triggers::TriggerLog> trigger_log;
  std::unique_ptr<pipeline::triggers::Triggers> triggers;
  std::unique_ptr<service::data_factory::RunRooms> data_factory;
  std::unique_ptr<service::synapse::RunRooms> synapse;
};

}  // namespace axonite::server
