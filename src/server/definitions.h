#pragma once
#include "linked_service/sealing.h"
#include "pipeline/activity.h"
#include "resource/documents.h"

namespace axonite::server {

// What pipelines read of factories and workspaces: their documents, with secrets opened.
class DocumentDefinitions : public pipeline::Definitions {
 public:
  DocumentDefinitions(const resource::Documents& documents, const linked_service::Sealer& sealer)
      : documents_(documents), sealer_(sealer) {}
  Result<pipeline::Owner> owner(std::string_view owner_id) override;
  Result<std::string> definition(std::string_view owner_id, std::string_view kind, std::string_view name) override;

 private:
  Result<pipeline::JsonPointer> global_parameters(const resource::ResourceId& owner, const json::Value& body);

  const resource::Documents& documents_;
  const linked_service::Sealer& sealer_;
};

}  // namespace axonite::server
