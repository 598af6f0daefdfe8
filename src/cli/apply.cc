#include <iostream>

#include "cli/commands.h"
#include "cli/deployment.h"
#include "cli/target.h"

namespace axonite::cli {
namespace {

Result<void> apply_to(const ApplyOptions& options) {
  TRY(Target target, nearest(options.data_dir));
  Client client(target.environment);
  TRY(Deployment deployment, Deployment::open(client, options.place));
  CHECK_OK(deployment.apply(options.folder));
  if (target.own) std::cout << "The server was a private one and is gone: the folder was checked, nothing stays.\n";
  return ok();
}

}  // namespace

int apply(const ApplyOptions& options) {
  auto applied = apply_to(options);
  if (!applied) std::cerr << "axonite: " << applied.error().message << "\n";
  return applied ? 0 : 1;
}

}  // namespace axonite::cli
