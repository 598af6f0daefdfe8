#include <algorithm>
#include <iterator>

#include "service/storage/handlers.h"

namespace axonite::service::storage {
namespace {

struct Paths {
  const char *root, *container, *path;
};
constexpr Paths kByHost{"/", "/{container}", "/{container}/{*path}"};
constexpr Paths kByPath{"/{account}", "/{account}/{container}", "/{account}/{container}/{*path}"};

using Rows = std::vector<front::OperationOf<Rooms>>;

front::Match query(std::vector<std::pair<std::string_view, std::string_view>> pairs) { return {.query = std::move(pairs)}; }
front::Match header(std::string_view name) { return {.headers = {{name, "*"}}}; }

// Rights depend on the path's ACL, on what a SAS allows, or on two paths: lake::Lake::allow and allow_action.
Rows account_rows(const Paths& paths) {
  const auto check = front::domain_check("storage");
  return {
      {"ListContainers", "GET", paths.root, &list_containers, check, query({{"comp", "list"}})},
      {"ListFilesystems", "GET", paths.root, &list_filesystems, check, query({{"resource", "account"}})},
      {"GetServiceProperties", "GET", paths.root, &get_service_properties, check, query({{"restype", "service"}, {"comp", "properties"}})},
      {"GetAccountInformation", "GET", paths.root, &get_account_information, check, query({{"restype", "account"}})},
      {"GetAccountInformation", "HEAD", paths.root, &get_account_information, check, query({{"restype", "account"}})},
      {"GetAccountInformation", "GET", paths.path, &get_account_information, check, query({{"restype", "account"}})},
      {"GetUserDelegationKey", "POST", paths.root, &get_user_delegation_key, check, query({{"restype", "service"}, {"comp", "userdelegationkey"}})},
      {"Batch", "POST", paths.root, &batch, front::anonymous(), query({{"comp", "batch"}})},  // each part authenticates itself
      {"ContainerBatch", "POST", paths.container, &batch, front::anonymous(), query({{"comp", "batch"}})},

      {"CreateContainer", "PUT", paths.container, &create_container, check, query({{"restype", "container"}})},
      {"CreateFilesystem", "PUT", paths.container, &create_container, check, query({{"resource", "filesystem"}})},
      {"GetContainerProperties", "GET", paths.container, &get_container, check, query({{"restype", "container"}})},
      {"GetContainerProperties", "HEAD", paths.container, &get_container, check, query({{"restype", "container"}})},
      {"GetFilesystemProperties", "HEAD", paths.container, &get_container, check, query({{"resource", "filesystem"}})},
      {"DeleteContainer", "DELETE", paths.container, &delete_container, check, query({{"restype", "container"}})},
      {"DeleteFilesystem", "DELETE", paths.container, &delete_container, check, query({{"resource", "filesystem"}})},
      {"SetContainerMetadata", "PUT", paths.container, &set_container_metadata, check, query({{"restype", "container"}, {"comp", "metadata"}})},
      {"SetFilesystemProperties", "PATCH", paths.container, &set_container_metadata, check, query({{"resource", "filesystem"}})},
      {"GetContainerAcl", "GET", paths.container, &get_container_acl, check, query({{"restype", "container"}, {"comp", "acl"}})},
      {"SetContainerAcl", "PUT", paths.container, &set_container_acl, check, query({{"restype", "container"}, {"comp", "acl"}})},
      {"LeaseContainer", "PUT", paths.container, &lease, check, query({{"restype", "container"}, {"comp", "lease"}})},
      {"ListBlobs", "GET", paths.container, &list_blobs, check, query({{"restype", "container"}, {"comp", "list"}})},
      {"ListPaths", "GET", paths.container, &list_paths, check, query({{"resource", "filesystem"}})},
      {"GetAccessControl", "HEAD", paths.container, &get_access_control, check, query({{"action", "getAccessControl"}})},
      {"SetAccessControl", "PATCH", paths.container, &set_access_control, check, query({{"action", "setAccessControl"}})},
  };
}

Rows path_rows(const Paths& paths) {
  const auto check = front::domain_check("storage");
  return {
      {"PutBlob", "PUT", paths.path, &put_blob, check, header("x-ms-blob-type")},
      {"PutBlobFromUrl", "PUT", paths.path, &put_blob_from_url, check, {.headers = {{"x-ms-blob-type", "BlockBlob"}, {"x-ms-copy-source", "*"}}}},
      {"CopyBlob", "PUT", paths.path, &copy_blob, check, header("x-ms-copy-source")},
      {"PutBlock", "PUT", paths.path, &put_block, check, query({{"comp", "block"}, {"blockid", "*"}})},
      {"PutBlockFromUrl", "PUT", paths.path, &put_block_from_url, check, {.query = {{"comp", "block"}, {"blockid", "*"}}, .headers = {{"x-ms-copy-source", "*"}}}},
      {"PutBlockList", "PUT", paths.path, &put_block_list, check, query({{"comp", "blocklist"}}), {.body_bytes_max = 16u << 20}},
      {"GetBlockList", "GET", paths.path, &get_block_list, check, query({{"comp", "blocklist"}})},
      {"AppendBlock", "PUT", paths.path, &append_block, check, query({{"comp", "appendblock"}})},
      {"SetBlobMetadata", "PUT", paths.path, &set_metadata, check, query({{"comp", "metadata"}})},
      {"SetBlobProperties", "PUT", paths.path, &set_properties, check, query({{"comp", "properties"}})},
      {"SetBlobTier", "PUT", paths.path, &set_tier, check, query({{"comp", "tier"}})},
      {"LeaseBlob", "PUT", paths.path, &lease, check, query({{"comp", "lease"}})},
      {"LeasePath", "POST", paths.path, &lease, check, header("x-ms-lease-action")},
      {"GetBlob", "GET", paths.path, &get_path, check},
      {"GetBlobProperties", "HEAD", paths.path, &head_path, check},
      {"GetStatus", "HEAD", paths.path, &head_path, check, query({{"action", "getStatus"}})},
      {"DeleteBlob", "DELETE", paths.path, &delete_path, check},

      {"CreatePath", "PUT", paths.path, &create_path, check, query({{"resource", "*"}})},
      {"RenamePath", "PUT", paths.path, &rename_path, check, header("x-ms-rename-source")},
      {"GetAccessControl", "HEAD", paths.path, &get_access_control, check, query({{"action", "getAccessControl"}})},
      {"CheckAccess", "HEAD", paths.path, &check_access, check, query({{"action", "checkAccess"}})},
      {"CheckAccess", "HEAD", paths.container, &check_access, check, query({{"action", "checkAccess"}})},
      {"SetAccessControlRecursive", "PATCH", paths.path, &set_access_control_recursive, check, query({{"action", "setAccessControlRecursive"}})},
      {"SetAccessControlRecursive", "PATCH", paths.container, &set_access_control_recursive, check, query({{"action", "setAccessControlRecursive"}})},
      {"SetAccessControlRecursive", "PUT", paths.path, &set_access_control_recursive, check, query({{"action", "setAccessControlRecursive"}})},
      {"AppendData", "PATCH", paths.path, &append, check, query({{"action", "append"}})},
      {"FlushData", "PATCH", paths.path, &flush, check, query({{"action", "flush"}})},
      {"SetAccessControl", "PATCH", paths.path, &set_access_control, check, query({{"action", "setAccessControl"}})},
      {"SetPathProperties", "PATCH", paths.path, &set_path_properties, check, query({{"action", "setProperties"}})},
      // Java's HTTP client knows no PATCH: PUT with X-HTTP-Method-Override.
      {"AppendData", "PUT", paths.path, &append, check, query({{"action", "append"}})},
      {"FlushData", "PUT", paths.path, &flush, check, query({{"action", "flush"}})},
      {"SetAccessControl", "PUT", paths.path, &set_access_control, check, query({{"action", "setAccessControl"}})},
      {"SetPathProperties", "PUT", paths.path, &set_path_properties, check, query({{"action", "setProperties"}})},
  };
}

// Forms that would otherwise fall to a plain GET, HEAD, PUT or DELETE and do something else than was asked.
Result<void> check_known(const front::Call& call) {
  for (const char* key : {"snapshot", "versionid", "deletetype"})
    if (!call.query(key).empty()) return std::unexpected(unsupported("UnsupportedQueryParameter", std::string("The query parameter '") + key + "' is not supported by Axonite."));
  std::string_view comp = call.query("comp"), action = call.query("action");
  bool plain = call.operation == "storage.GetBlob" || call.operation == "storage.GetBlobProperties" || call.operation == "storage.DeleteBlob" || call.operation == "storage.PutBlob";
  if (plain && !comp.empty() && comp != "metadata") return std::unexpected(unsupported("UnsupportedQueryParameter", "comp=" + std::string(comp.substr(0, 32)) + " is not supported by Axonite."));
  if (plain && !action.empty()) return std::unexpected(unsupported("UnsupportedQueryParameter", "action=" + std::string(action.substr(0, 32)) + " is not supported by Axonite."));
  return ok();
}

}  // namespace

namespace {

front::Service service_of(Rooms& rooms, std::vector<std::string> hosts, const Paths& paths) {
  front::Service service{.name = "storage", .hosts = std::move(hosts), .audiences = {"https://storage.azure.com"}};
  service.operations = front::bind(rooms, account_rows(paths));
  std::ranges::move(front::bind(rooms, path_rows(paths)), std::back_inserter(service.operations));
  service.audited = false;
  service.authenticate = [&rooms](front::Call& call) -> Result<identity::Principal> {
    CHECK_OK(check_known(call));
    return authenticate(rooms, call);
  };
  service.scope = [](const front::Call& call) -> Result<std::string> { return call.request.path; };
  service.shape_error = &shape_error;
  service.finish = &finish;
  return service;
}

}  // namespace

front::Service storage_service(Rooms& rooms) { return service_of(rooms, {"*.blob.core.windows.net", "*.dfs.core.windows.net"}, kByHost); }
front::Service local_storage_service(Rooms& rooms) { return service_of(rooms, {"localhost"}, kByPath); }

}  // namespace axonite::service::storage
