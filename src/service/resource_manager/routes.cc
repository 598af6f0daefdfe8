#include "service/resource_manager/handlers.h"

namespace axonite::service::resource_manager {

Answer operation_status(Rooms& rooms, front::Call& call) {
  return arm::operation_status_response(call, rooms.operations, call.path("operation"));
}

Answer operation_result(Rooms& rooms, front::Call& call) {
  return arm::operation_result_response(call, rooms.operations, call.path("operation"));
}

front::Service resource_manager_service(Rooms& rooms) {
  using front::action;
  using front::authenticated;
  define_group_deletion(rooms);
  constexpr std::string_view group = "/subscriptions/{subscription}/resourcegroups/{group}";
  constexpr std::string_view read_group = "Microsoft.Resources/subscriptions/resourceGroups/read";
  constexpr std::string_view write_group = "Microsoft.Resources/subscriptions/resourceGroups/write";
  auto operations = front::bind(rooms, std::vector<front::OperationOf<Rooms>>{
      {"ListSubscriptions", "GET", "/subscriptions", &list_subscriptions, authenticated()},
      {"GetSubscription", "GET", "/subscriptions/{subscription}", &get_subscription, authenticated()},
      {"ListLocations", "GET", "/subscriptions/{subscription}/locations", &list_locations, authenticated()},
      {"ListTenants", "GET", "/tenants", &list_tenants, authenticated()},
      {"ListProviders", "GET", "/subscriptions/{subscription}/providers", &list_providers, authenticated()},
      {"GetProvider", "GET", "/subscriptions/{subscription}/providers/{namespace}", &get_provider, authenticated()},
      {"RegisterProvider", "POST", "/subscriptions/{subscription}/providers/{namespace}/register", &register_provider,
       action("Microsoft.Resources/subscriptions/providers/register/action")},
      {"ListResourceGroups", "GET", "/subscriptions/{subscription}/resourcegroups", &list_groups, authenticated()},
      {"PutResourceGroup", "PUT", group, &put_group, action(write_group)},
      {"UpdateResourceGroup", "PATCH", group, &patch_group, action(write_group)},
      {"GetResourceGroup", "GET", group, &get_group, action(read_group)},
      {"CheckResourceGroup", "HEAD", group, &head_group, action(read_group)},
      {"DeleteResourceGroup", "DELETE", group, &delete_group,
       action("Microsoft.Resources/subscriptions/resourceGroups/delete")},
      {"ListResources", "GET", "/subscriptions/{subscription}/resources", &list_resources, authenticated()},
      {"ListGroupResources", "GET", "/subscriptions/{subscription}/resourcegroups/{group}/resources", &list_resources,
       action(read_group)},
      {"GetOperationStatus", "GET",
       "/subscriptions/{subscription}/providers/{namespace}/locations/{location}/operationStatuses/{operation}",
       &operation_status, authenticated()},
      {"GetOperationResult", "GET",
       "/subscriptions/{subscription}/providers/{namespace}/locations/{location}/operationResults/{operation}",
       &operation_result, authenticated()},
      {"Unknown", "GET", "/{*rest}", &refuse, authenticated()},
      {"Unknown", "PUT", "/{*rest}", &refuse, authenticated()},
      {"Unknown", "POST", "/{*rest}", &refuse, authenticated()},
      {"Unknown", "PATCH", "/{*rest}", &refuse, authenticated()},
      {"Unknown", "DELETE", "/{*rest}", &refuse, authenticated()},
  });
  auto metadata = front::bind(rooms, std::vector<front::OperationOf<Rooms>>{
      {"GetCloudMetadata", "GET", "/metadata/endpoints", &cloud_metadata, front::anonymous()}});
  operations.insert(operations.end(), metadata.begin(), metadata.end());
  return arm::management_service("resource_manager", std::move(operations));
}

}  // namespace axonite::service::resource_manager
