#pragma once
#include "service/storage/request.h"
#include "service/storage/service.h"

namespace axonite::service::storage {

using Answer = Result<http::Response>;

// authenticate.cc
Result<identity::Principal> authenticate(const Rooms&, front::Call&);
// errors.cc
http::Response shape_error(const Error&, const front::Call&);
void finish(http::Response&, const front::Call&);

// containers.cc
Answer list_containers(Rooms&, front::Call&);
Answer create_container(Rooms&, front::Call&);
Answer get_container(Rooms&, front::Call&);
Answer delete_container(Rooms&, front::Call&);
Answer set_container_metadata(Rooms&, front::Call&);
Answer get_container_acl(Rooms&, front::Call&);
Answer set_container_acl(Rooms&, front::Call&);
Answer get_account_information(Rooms&, front::Call&);
Answer get_service_properties(Rooms&, front::Call&);
Answer get_user_delegation_key(Rooms&, front::Call&);
// blob_lists.cc
Answer list_blobs(Rooms&, front::Call&);
// blobs.cc
Answer put_blob(Rooms&, front::Call&);
Answer put_block(Rooms&, front::Call&);
Answer put_block_list(Rooms&, front::Call&);
Answer get_block_list(Rooms&, front::Call&);
Answer append_block(Rooms&, front::Call&);
Answer set_metadata(Rooms&, front::Call&);
Answer set_properties(Rooms&, front::Call&);
Answer set_tier(Rooms&, front::Call&);
Answer delete_path(Rooms&, front::Call&);
// copies.cc
Answer copy_blob(Rooms&, front::Call&);
Answer put_blob_from_url(Rooms&, front::Call&);
Answer put_block_from_url(Rooms&, front::Call&);
// reading.cc
Answer get_path(Rooms&, front::Call&);
Answer head_path(Rooms&, front::Call&);
// leases.cc
Answer lease(Rooms&, front::Call&);
// paths.cc
Answer create_path(Rooms&, front::Call&);
Answer rename_path(Rooms&, front::Call&);
Answer append(Rooms&, front::Call&);
Answer flush(Rooms&, front::Call&);
Answer set_path_properties(Rooms&, front::Call&);
Answer set_access_control(Rooms&, front::Call&);
Answer get_access_control(Rooms&, front::Call&);
Answer set_access_control_recursive(Rooms&, front::Call&);
Answer check_access(Rooms&, front::Call&);
Answer list_paths(Rooms&, front::Call&);
Answer list_filesystems(Rooms&, front::Call&);
// batch.cc
Answer batch(Rooms&, front::Call&);

}  // namespace axonite::service::storage
