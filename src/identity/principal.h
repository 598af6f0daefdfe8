#pragma once
#include <string>

namespace axonite::identity {

// Who is calling, as every room below the protocols sees it.
struct Principal {
  enum class Kind {
    anonymous,
    service_principal,  // an application's token
    managed_identity,   // of a factory, workspace, or a program we started
    account_key,        // storage SharedKey or SAS: rights come with the key, not from roles
    sql_login,          // user name and password of a SQL pool
    system,             // the server itself, for work nobody asked for (sweeps, recovery)
  };
  Kind kind = Kind::anonymous;
  std::string tenant_id;
  std::string object_id;  // what role assignments name
  std::string app_id;     // empty where there is none
  std::string name;       // for logs and USER_NAME(); never a secret

  static Principal system() { return {.kind = Kind::system, .object_id = "system", .name = "system"}; }
};

}  // namespace axonite::identity
