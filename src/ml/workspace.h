#pragma once
// What the rooms of Machine Learning know of a workspace, whoever keeps it; implemented by server over the resources.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/principal.h"

namespace axonite::ml {

struct Workspace {
  std::string id;        // as it was made: "/subscriptions/…/workspaces/w"
  std::string key;       // the id in lower case: how ml.db names it
  std::string name, guid, location, tenant_id;
  std::string account;   // its storage account
  identity::Principal identity;  // its managed identity

  // Where run artifacts and uploads lie in the account.
  std::string artifact_container() const { return "azureml"; }
  std::string blobstore_container() const { return "azureml-blobstore-" + guid; }
  // Rights on the workspace's own stores come with the workspace, as with its account key on the real service.
  identity::Principal store_keeper() const { return {.kind = identity::Principal::Kind::account_key, .object_id = account, .name = account}; }
};

class Workspaces {
 public:
  virtual ~Workspaces() = default;
  // not_found("ResourceNotFound").
  virtual Result<Workspace> find(std::string_view id) const = 0;
  // The workspace of MLflow clients that name none; made, with its storage account, when first asked for.
  virtual std::string default_id() const = 0;
  virtual Result<Workspace> ensure_default() = 0;
};

}  // namespace axonite::ml
