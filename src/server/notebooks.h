#pragma once
// Notebooks for pipelines: worker processes, the identity they run as, and what leads them back to this server.
#include "identity/directory.h"
#include "net/certificate_authority.h"
#include "notebook/runs.h"
#include "pipeline/activities/notebook.h"
#include "server/server.h"
#include "worker/pool.h"

namespace axonite::server {

class DirectoryHeaders : public notebook::IdentityHeaders {
 public:
  explicit DirectoryHeaders(identity::Directory& directory) : directory_(directory) {}
  std::string mint(const identity::Principal& principal) override { return directory_.mint_identity_header(principal); }
  void revoke(std::string_view header) override { directory_.revoke_identity_header(header); }

 private:
  identity::Directory& directory_;
};

class Notebooks : public pipeline::NotebookPort {
 public:
  // `python` empty: notebooks answer unsupported.
  static Result<std::unique_ptr<Notebooks>> open(const std::filesystem::path& data_dir, const std::filesystem::path& python,
                                                 identity::Directory& directory, Clock& clock);
  // Runs wait for this: before it nothing answers them.
  void set_ports(const Ports& ports);

  Result<pipeline::NotebookOutcome> run(const pipeline::NotebookRequest& request, std::stop_token stop) override;
  // The record of a run of this workspace. not_found("NotebookRunNotFound").
  Result<std::string> snapshot(std::string_view workspace, std::string_view run_id) const;

 private:
  Notebooks(const std::filesystem::path& data_dir, worker::PoolOptions pool, identity::Directory& directory)
      : data_dir_(data_dir), directory_(directory), headers_(directory), pool_(std::move(pool)) {}
  Result<std::map<std::string, std::string>> environment(std::stop_token stop);

  std::filesystem::path data_dir_;
  identity::Directory& directory_;
  DirectoryHeaders headers_;
  worker::Pool pool_;
  std::unique_ptr<notebook::Runs> runs_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Ports> ports_;
};

}  // namespace axonite::server
