#pragma once
// What a linked service points at, typed; read from its definition after its parameters and expressions were
// evaluated. Secrets that lie in a vault stay references: whoever connects fetches them.
#include <optional>
#include <string>
#include <variant>

#include "base/json.h"
#include "base/result.h"
#include "base/secret.h"

namespace axonite::linked_service {

struct SecretReference {
  std::string store;  // the Key Vault linked service
  std::string name, version;
};
using Credential = std::variant<std::monostate, Secret, SecretReference>;

struct Target {
  enum class Kind { lake, sql, key_vault, synapse_artifacts };
  Kind kind = Kind::lake;
  std::string type;      // as written
  std::string endpoint;  // lake, key_vault, synapse_artifacts: https URL without trailing slash
  std::string account;   // lake
  std::string server, database, user;  // sql
  Credential credential;  // sql: password; lake: accountKey
  std::string runtime;    // connectVia; empty = AutoResolve
  std::string warning;    // worth a line in the log: a spelling that the real service does not know
};

// `definition` = {"properties":{"type","typeProperties","connectVia"}}. Types: AzureBlobFS, AzureBlobStorage,
// AzureSqlDW (also AzureSynapseAnalytics, the guide's name), AzureKeyVault, AzureSynapseArtifacts.
// Errors: invalid("InvalidLinkedService") naming the property; unsupported("UnsupportedLinkedServiceType").
Result<Target> read_target(const json::Value& definition);

}  // namespace axonite::linked_service
