#pragma once
// What a program needs to reach the server: proxy, authority, credentials, endpoints. Which ecosystem reads which
// variable was measured with each (see docs/decisions.md, "Pointing programs").
#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"
#include "server/server.h"

namespace axonite::cli {

struct Environment {
  std::map<std::string, std::string> set;
  // Inherited ones that would lead the program past the server: lower-case proxy names hang gRPC.
  std::vector<std::string> unset;
};

// Reads ca/ and owner.json of the data directory.
Result<Environment> environment_for(const std::filesystem::path& data_dir, const server::Ports& ports);

// server.json of the data directory: who runs on it and where. Written when the server is ready, removed when it ends.
Result<void> write_server_file(const std::filesystem::path& data_dir, const server::Ports& ports);
// not_found("ServerNotRunning") when there is none or its process is gone.
Result<server::Ports> read_server_file(const std::filesystem::path& data_dir);
void remove_server_file(const std::filesystem::path& data_dir);

// AXONITE_WORKER_PYTHON: the interpreter of notebooks; empty = none.
std::filesystem::path inherited_worker_python();

// The user's own HTTPS proxy, which becomes the server's way to hosts that are not Azure's.
std::string inherited_proxy();

}  // namespace axonite::cli
