#pragma once
#include "arm/arm.h"
#include "service/data_factory/service.h"

namespace axonite::service::data_factory {

using Answer = Result<http::Response>;

inline constexpr std::string_view kFactoryType = "Microsoft.DataFactory/factories";

// factories.cc
Answer put_factory(Rooms&, front::Call&);
Answer patch_factory(Rooms&, front::Call&);
Answer get_factory(Rooms&, front::Call&);
Answer delete_factory(Rooms&, front::Call&);
Answer list_factories(Rooms&, front::Call&);
// integration_runtimes.cc
Answer get_integration_runtime(Rooms&, front::Call&);
Answer integration_runtime_status(Rooms&, front::Call&);
// entities.cc: the rows of every kind of artifact.
std::vector<front::Operation> entity_operations(Rooms&);
// The factory that the path names.
Result<resource::ResourceId> factory_of(const front::Call&);
Answer entity_response(const resource::Document&);

}  // namespace axonite::service::data_factory
