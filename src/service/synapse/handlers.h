#pragma once
#include "service/synapse/service.h"

namespace axonite::service::synapse {

using Answer = Result<http::Response>;

inline constexpr std::string_view kWorkspaceType = "Microsoft.Synapse/workspaces";
inline constexpr std::string_view kProvider = "Microsoft.Synapse";

// workspaces.cc
Answer put_workspace(Rooms&, front::Call&);
Answer patch_workspace(Rooms&, front::Call&);
Answer get_workspace(Rooms&, front::Call&);
Answer delete_workspace(Rooms&, front::Call&);
Answer list_workspaces(Rooms&, front::Call&);
Answer check_name_availability(Rooms&, front::Call&);
void define_workspace_operations(Rooms&);
// sql_pools.cc
Answer put_sql_pool(Rooms&, front::Call&);
Answer patch_sql_pool(Rooms&, front::Call&);
Answer delete_sql_pool(Rooms&, front::Call&);
Answer pause_sql_pool(Rooms&, front::Call&);
Answer resume_sql_pool(Rooms&, front::Call&);
void define_sql_pool_operations(Rooms&);
// spark_pools.cc
Answer put_spark_pool(Rooms&, front::Call&);
Answer patch_spark_pool(Rooms&, front::Call&);
// workspace_settings.cc
Answer put_firewall_rule(Rooms&, front::Call&);
Answer put_administrator(Rooms&, front::Call&);
Answer delete_administrator(Rooms&, front::Call&);
// routes.cc: children that are read, listed and deleted like any other
Answer get_child(Rooms&, front::Call&);
Answer list_children(Rooms&, front::Call&);
Answer delete_child(Rooms&, front::Call&);
// workspace_reads.cc
Answer read_workspace(Rooms&, front::Call&);
Answer read_pool(Rooms&, front::Call&);
Answer list_pools(Rooms&, front::Call&);
Answer read_integration_runtime(Rooms&, front::Call&);
Answer list_integration_runtimes(Rooms&, front::Call&);
Answer list_notebook_summaries(Rooms&, front::Call&);
// The workspace that a dev host names. not_found("WorkspaceNotFound").
Result<resource::Document> workspace_of(const Rooms&, const front::Call&);

// state.cc: what long-running operations do to documents.
// Sets members of "properties"; bookkeeping without an event.
Result<resource::Document> set_properties(resource::Documents&, const resource::ResourceId&, const json::Object& members);
// Answers an operation that began: the resource as it stands, with the headers that pollers follow.
Answer began(front::Call&, int status, const resource::Document&, std::string_view operation_id);
Error validation_failed(std::string_view what, std::string message);

}  // namespace axonite::service::synapse
