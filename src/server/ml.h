#pragma once
// Machine Learning as the server runs it: its store, workspaces as the resources name them, and the services over both.
#include <mutex>

#include "front/front.h"
#include "identity/directory.h"
#include "lake/namespace.h"
#include "ml/database.h"
#include "service/machine_learning/service.h"
#include "service/mlflow/service.h"

namespace axonite::server {

class DocumentWorkspaces : public ml::Workspaces {
 public:
  DocumentWorkspaces(resource::Documents& documents, const identity::Directory& directory, arm::ManagedIdentities& identities, lake::Lake& lake)
      : documents_(documents), directory_(directory), identities_(identities), lake_(lake) {}
  Result<ml::Workspace> find(std::string_view id) const override;
  std::string default_id() const override;
  Result<ml::Workspace> ensure_default() override;
  // A storage account beside the workspace; repeatable.
  Result<std::string> make_account(const resource::ResourceId& workspace, std::string_view guid);

 private:
  Result<void> make_default(const resource::ResourceId& id);

  resource::Documents& documents_;
  const identity::Directory& directory_;
  arm::ManagedIdentities& identities_;
  lake::Lake& lake_;
  std::mutex making_;
};

struct MachineLearning {
  static Result<std::unique_ptr<MachineLearning>> open(const std::filesystem::path& data_dir, resource::Documents& documents, identity::Directory& directory,
                                                       arm::ManagedIdentities& identities, lake::Lake& lake, Clock& clock);
  void mount(front::Front& front, arm::Removers& removers);

  std::unique_ptr<store::Database> database;
  std::unique_ptr<ml::Tracking> tracking;
  std::unique_ptr<ml::Registry> registry;
  std::unique_ptr<ml::Assets> assets;
  std::unique_ptr<DocumentWorkspaces> workspaces;
  std::unique_ptr<service::mlflow::Rooms> mlflow;
  std::unique_ptr<service::machine_learning::Rooms> management;
};

}  // namespace axonite::server
