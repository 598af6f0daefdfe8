#include "server/python.h"

namespace axonite::server {

std::filesystem::path python_folder() {
  std::error_code failed;
  std::filesystem::path binary = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  for (const char* place : {"../../python", "../share/axonite/python"})
    if (std::filesystem::path folder = binary / place; std::filesystem::exists(folder / "axonite_worker/__main__.py", failed)) return std::filesystem::canonical(folder, failed);
  return {};
}

}  // namespace axonite::server
