#include "service/storage/handlers.h"

namespace axonite::service::storage {
namespace {

constexpr const char* kRoot = "/";
constexpr const char* kContainer = "/{container}";
constexpr const char* kPath = "/{container}/{*path}";

using Rows = std::vector<front::OperationOf<Rooms>>;

front::Match query(std::vector<std::pair<std::string_view, std::string_view>> pairs) { return {.query = std::move(pairs)}; }
front::Match header(std::string_view name) { return {.headers = {{name, "*"}}}; }

// Rights depend on the path's ACL, on what a SAS allows, or on two paths: lake::Lake::allow and allow_action.
Rows rows() {
  const auto check = front::domain_check("storage");
  return {
      {"ListContainers", "GET", kRoot, &list_containers, check, query({{"comp", "list"}})},
      {"ListFilesystems", "GET", kRoot, &list_filesystems, check, query({{"resource", "account"}})},
      {"GetServiceProperties", "GET", kRoot, &get_service_properties, check, query({{"restype", "service"}, {"comp", "properties"}})},
      {"GetAccountInformation", "GET", kRoot, &get_account_information, check, query({{"restype", "account"}})},
      {"GetAccountInformation", "HEAD", kRoot, &get_account_information, check, query({{"restype", "account"}})},
      {"GetAccountInformation", "GET", kPath, &get_account_information, check, query({{"restype", "account"}})},
      {"GetUserDelegationKey", "POST", kRoot, &get_user_delegation_key, check, query({{"restype", "service"}, {"comp", "userdelegationkey"}})},
      {"Batch", "POST", kRoot, &batch, front::anonymous(), query({{"comp", "batch"}})},  // each part authenticates itself
      {"ContainerBatch", "POST", kContainer, &batch, front::anonymous(), query({{"comp", "batch"}})},

      {"CreateContainer", "PUT", kContainer, &create_container, check, query({{"restype", "container"}})},
      {"CreateFilesystem", "PUT", kContainer, &create_container, check, query({{"resource", "filesystem"}})},
      {"GetContainerProperties", "GET", kContainer, &get_container, check, query({{"restype", "container"}})},
      {"GetContainerProperties", "HEAD", kContainer, &get_container, check, query({{"restype", "container"}})},
      {"GetFilesystemProperties", "HEAD", kContainer, &get_container, check, query({{"resource", "filesystem"}})},
      {"DeleteContainer", "DELETE", kContainer, &delete_container, check, query({{"restype", "container"}})},
      {"DeleteFilesystem", "DELETE", kContainer, &delete_container, check, query({{"resource", "filesystem"}})},
      {"SetContainerMetadata", "PUT", kContainer, &set_container_metadata, check, query({{"restype", "container"}, {"comp", "metadata"}})},
      {"SetFilesystemProperties", "PATCH", kContainer, &set_container_metadata, check, query({{"resource", "filesystem"}})},
      {"GetContainerAcl", "GET", kContainer, &get_container_acl, check, query({{"restype", "container"}, {"comp", "acl"}})},
      {"SetContainerAcl", "PUT", kContainer, &set_container_acl, check, query({{"restype", "container"}, {"comp", "acl"}})},
      {"LeaseContainer", "PUT", kContainer, &lease, check, query({{"restype", "container"}, {"comp", "lease"}})},
      {"ListBlobs", "GET", kContainer, &list_blobs, check, query({{"restype", "container"}, {"comp", "list"}})},
      {"ListPaths", "GET", kContainer, &list_paths, check, query({{"resource", "filesystem"}})},
      {"GetAccessControl", "HEAD", kContainer, &get_access_control, check, query({{"action", "getAccessControl"}})},
      {"SetAccessControl", "PATCH", kContainer, &set_access_control, check, query({{"action", "setAccessControl"}})},

      {"PutBlob", "PUT", kPath, &put_blob, check, header("x-ms-blob-type")},
      {"CopyBlob", "PUT", kPath, &copy_blob, check, header("x-ms-copy-source")},
      {"PutBlock", "PUT", kPath, &put_block, check, query({{"comp", "block"}, {"blockid", "*"}})},
      {"PutBlockList", "PUT", kPath, &put_block_list, check, query({{"comp", "blocklist"}}), {.body_bytes_max = 16u << 20}},
      {"GetBlockList", "GET", kPath, &get_block_list, check, query({{"comp", "blocklist"}})},
      {"AppendBlock", "PUT", kPath, &append_block, check, query({{"comp", "appendblock"}})},
      {"SetBlobMetadata", "PUT", kPath, &set_metadata, check, query({{"comp", "metadata"}})},
      {"SetBlobProperties", "PUT", kPath, &set_properties, check, query({{"comp", "properties"}})},
      {"LeaseBlob", "PUT", kPath, &lease, check, query({{"comp", "lease"}})},
      {"LeasePath", "POST", kPath, &lease, check, header("x-ms-lease-action")},
      {"GetBlob", "GET", kPath, &get_path, check},
      {"GetBlobProperties", "HEAD", kPath, &head_path, check},
      {"GetStatus", "HEAD", kPath, &head_path, check, query({{"action", "getStatus"}})},
      {"DeleteBlob", "DELETE", kPath, &delete_path, check},

      {"CreatePath", "PUT", kPath, &create_path, check, query({{"resource", "*"}})},
      {"RenamePath", "PUT", kPath, &rename_path, check, header("x-ms-rename-source")},
      {"GetAccessControl", "HEAD", kPath, &get_access_control, check, query({{"action", "getAccessControl"}})},
      {"AppendData", "PATCH", kPath, &append, check, query({{"action", "append"}})},
      {"FlushData", "PATCH", kPath, &flush, check, query({{"action", "flush"}})},
      {"SetAccessControl", "PATCH", kPath, &set_access_control, check, query({{"action", "setAccessControl"}})},
      {"SetPathProperties", "PATCH", kPath, &set_path_properties, check, query({{"action", "setProperties"}})},
      // Java's HTTP client knows no PATCH: PUT with X-HTTP-Method-Override.
      {"AppendData", "PUT", kPath, &append, check, query({{"action", "append"}})},
      {"FlushData", "PUT", kPath, &flush, check, query({{"action", "flush"}})},
      {"SetAccessControl", "PUT", kPath, &set_access_control, check, query({{"action", "setAccessControl"}})},
      {"SetPathProperties", "PUT", kPath, &set_path_properties, check, query({{"action", "setProperties"}})},
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

front::Service storage_service(Rooms& rooms) {
  front::Service service{.name = "storage", .hosts = {"*.blob.core.windows.net", "*.dfs.core.windows.net"}, .audiences = {"https://storage.azure.com"}};
  service.operations = front::bind(rooms, rows());
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

}  // namespace axonite::service::storage
