#include "service/data_factory/handlers.h"

namespace axonite::service::data_factory {

#define FACTORIES "/subscriptions/{subscription}/resourcegroups/{group}/providers/Microsoft.DataFactory/factories"
#define FACTORY FACTORIES "/{factory}"

front::Service data_factory_service(Rooms& rooms, arm::Removers& removers) {
  using front::action;
  removers.add(kFactoryType, [&rooms](const resource::Document& document, const resource::Author&) {
    return rooms.identities.remove(document.id);
  });
  auto operations = front::bind(rooms, std::vector<front::OperationOf<Rooms>>{
      {"PutFactory", "PUT", FACTORY, &put_factory, action("Microsoft.DataFactory/factories/write")},
      {"UpdateFactory", "PATCH", FACTORY, &patch_factory, action("Microsoft.DataFactory/factories/write")},
      {"GetFactory", "GET", FACTORY, &get_factory, action("Microsoft.DataFactory/factories/read")},
      {"DeleteFactory", "DELETE", FACTORY, &delete_factory, action("Microsoft.DataFactory/factories/delete")},
      {"ListFactoriesOfGroup", "GET", FACTORIES, &list_factories, action("Microsoft.DataFactory/factories/read")},
      {"ListFactories", "GET", "/subscriptions/{subscription}/providers/Microsoft.DataFactory/factories", &list_factories,
       action("Microsoft.DataFactory/factories/read")},
      {"GetIntegrationRuntime", "GET", FACTORY "/integrationRuntimes/{name}", &get_integration_runtime,
       action("Microsoft.DataFactory/factories/integrationRuntimes/read")},
      {"GetIntegrationRuntimeStatus", "POST", FACTORY "/integrationRuntimes/{name}/getStatus", &integration_runtime_status,
       action("Microsoft.DataFactory/factories/integrationRuntimes/getStatus/read")},
  });
  for (front::Operation& operation : entity_operations(rooms)) operations.push_back(std::move(operation));
  return arm::management_service("data_factory", std::move(operations));
}

}  // namespace axonite::service::data_factory
