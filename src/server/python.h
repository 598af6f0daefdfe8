#pragma once
// Where our Python code lies.
#include <filesystem>

namespace axonite::server {

// The folder with axonite_worker, notebookutils and guide_spelling, beside the binary: in the source tree, or where an
// installation puts it. Empty when it is not there.
std::filesystem::path python_folder();

}  // namespace axonite::server
