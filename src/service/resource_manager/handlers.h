#pragma once
#include "service/resource_manager/service.h"

namespace axonite::service::resource_manager {

using Answer = Result<http::Response>;

// subscriptions.cc
Answer list_subscriptions(Rooms&, front::Call&);
Answer get_subscription(Rooms&, front::Call&);
Answer list_locations(Rooms&, front::Call&);
Answer list_tenants(Rooms&, front::Call&);
// resource_groups.cc
Answer put_group(Rooms&, front::Call&);
Answer patch_group(Rooms&, front::Call&);
Answer get_group(Rooms&, front::Call&);
Answer head_group(Rooms&, front::Call&);
Answer delete_group(Rooms&, front::Call&);
Answer list_groups(Rooms&, front::Call&);
void define_group_deletion(Rooms&);
// resources.cc
Answer list_resources(Rooms&, front::Call&);
// providers.cc
Answer list_providers(Rooms&, front::Call&);
Answer get_provider(Rooms&, front::Call&);
Answer register_provider(Rooms&, front::Call&);
Answer refuse(Rooms&, front::Call&);
// metadata.cc
Answer cloud_metadata(Rooms&, front::Call&);
// routes.cc
Answer operation_status(Rooms&, front::Call&);
Answer operation_result(Rooms&, front::Call&);

}  // namespace axonite::service::resource_manager
