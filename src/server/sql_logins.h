#pragma once
// Who may open which SQL endpoint: workspaces and pools from the documents, passwords and tokens from identity. TDS
// clients and the pipelines' SQL activities come in by the same door.
#include "identity/directory.h"
#include "linked_service/connection.h"
#include "protocol/tds/server.h"
#include "resource/documents.h"

namespace axonite::server {

class SqlLogins : public protocol::tds::Authenticator {
 public:
  SqlLogins(identity::Directory& directory, const resource::Documents& documents, tsql::Personality personality)
      : directory_(directory), documents_(documents), personality_(personality) {}

  Result<identity::Principal> sql_login(const protocol::tds::LoginRequest& request, std::string_view user, const Secret& password) override;
  Result<identity::Principal> token(const protocol::tds::LoginRequest& request, const Secret& token) override;
  std::string token_authority() const override;

  // What a session of this login is: its workspace, database, rights. not_found("DatabaseNotFound") for a pool that is not
  // there, unavailable("DatabasePaused") for one that rests.
  Result<tsql::SessionOptions> session_options(const protocol::tds::LoginRequest& request) const;

 private:
  // The workspace's document: from the server's name, from "user@workspace", or, where a local address says nothing, from the
  // one workspace that has the database.
  Result<resource::Document> workspace_of(const protocol::tds::LoginRequest& request, std::string_view user) const;
  Result<resource::Document> only_workspace() const;

  identity::Directory& directory_;
  const resource::Documents& documents_;
  tsql::Personality personality_;
};

}  // namespace axonite::server
