#include <deque>
#include <iterator>

#include "service/purview/scanning.h"

namespace axonite::service::purview {
namespace {

using front::action;

#define READ action("Microsoft.Purview/accounts/data/read")
#define WRITE action("Microsoft.Purview/accounts/data/write")

std::vector<front::OperationOf<Rooms>> data_map_rows() {
  const front::Limits large{.body_bytes_max = 16u << 20};
  return {
      {"UpsertEntity", "POST", "/atlas/v2/entity", &upsert_entities, WRITE, {}, large},
      {"UpsertEntities", "POST", "/atlas/v2/entity/bulk", &upsert_entities, WRITE, {}, large},
      {"GetEntities", "GET", "/atlas/v2/entity/bulk", &get_entities, READ},
      {"DeleteEntities", "DELETE", "/atlas/v2/entity/bulk", &delete_entities, WRITE},
      {"GetEntity", "GET", "/atlas/v2/entity/guid/{guid}", &get_entity, READ},
      {"SetEntityAttribute", "PUT", "/atlas/v2/entity/guid/{guid}", &set_attribute, WRITE},
      {"DeleteEntity", "DELETE", "/atlas/v2/entity/guid/{guid}", &delete_entity, WRITE},
      {"GetEntityHeader", "GET", "/atlas/v2/entity/guid/{guid}/header", &get_header, READ},
      {"GetEntityByName", "GET", "/atlas/v2/entity/uniqueAttribute/type/{type}", &get_entity_by_name, READ},
      {"UpdateEntityByName", "PUT", "/atlas/v2/entity/uniqueAttribute/type/{type}", &update_entity_by_name, WRITE},
      {"DeleteEntityByName", "DELETE", "/atlas/v2/entity/uniqueAttribute/type/{type}", &delete_entity_by_name, WRITE},
      {"GetEntitiesByName", "GET", "/atlas/v2/entity/bulk/uniqueAttribute/type/{type}", &get_entities_by_name, READ},
      {"ClassifyEntities", "POST", "/atlas/v2/entity/bulk/classification", &classify_many, WRITE},
      {"GetClassifications", "GET", "/atlas/v2/entity/guid/{guid}/classifications", &get_classifications, READ},
      {"AddClassifications", "POST", "/atlas/v2/entity/guid/{guid}/classifications", &add_classifications, WRITE},
      {"UpdateClassifications", "PUT", "/atlas/v2/entity/guid/{guid}/classifications", &update_classifications, WRITE},
      {"GetClassification", "GET", "/atlas/v2/entity/guid/{guid}/classification/{name}", &get_classification, READ},
      {"DeleteClassification", "DELETE", "/atlas/v2/entity/guid/{guid}/classification/{name}", &delete_classification, WRITE},
      {"CreateRelationship", "POST", "/atlas/v2/relationship", &create_relationship, WRITE},
      {"GetRelationship", "GET", "/atlas/v2/relationship/guid/{guid}", &get_relationship, READ},
      {"DeleteRelationship", "DELETE", "/atlas/v2/relationship/guid/{guid}", &delete_relationship, WRITE},
      {"GetLineage", "GET", "/atlas/v2/lineage/{guid}", &get_lineage, READ},
      {"GetLineageByName", "GET", "/atlas/v2/lineage/uniqueAttribute/type/{type}", &get_lineage_by_name, READ},
      {"GetNextLineage", "GET", "/atlas/v2/lineage/{guid}/next", &get_next_lineage, READ},
      {"GetNextLineage", "GET", "/atlas/v2/lineage/{guid}/next/", &get_next_lineage, READ},
      {"GetNextLineage", "GET", "/lineage/{guid}/next", &get_next_lineage, READ},
      {"GetNextLineage", "GET", "/lineage/{guid}/next/", &get_next_lineage, READ},
      {"Search", "POST", "/search/query", &search, READ},
      {"ListTypes", "GET", "/atlas/v2/types/typedefs", &list_types, READ},
      {"ListTypeHeaders", "GET", "/atlas/v2/types/typedefs/headers", &list_type_headers, READ},
      {"CreateTypes", "POST", "/atlas/v2/types/typedefs", &create_types, WRITE, {}, large},
      {"UpdateTypes", "PUT", "/atlas/v2/types/typedefs", &update_types, WRITE, {}, large},
      {"DeleteTypes", "DELETE", "/atlas/v2/types/typedefs", &delete_types, WRITE},
      {"GetTypeByName", "GET", "/atlas/v2/types/{kind}/name/{name}", &get_type_by_name, READ},
      {"GetTypeByGuid", "GET", "/atlas/v2/types/{kind}/guid/{guid}", &get_type_by_guid, READ},
      {"DeleteType", "DELETE", "/atlas/v2/types/typedef/name/{name}", &delete_type, WRITE},
  };
}

// The older SDK, the current one and plain Atlas clients have a prefix each. Rows keep views of their paths, which
// are made once for the program's life.
std::vector<front::Operation> data_map_operations(Rooms& rooms) {
  static const std::deque<std::string> paths = [] {
    std::deque<std::string> all;
    for (const auto& row : data_map_rows())
      for (std::string_view prefix : {"/catalog/api", "/datamap/api", "/api"}) all.push_back(std::string(prefix) + std::string(row.path));
    return all;
  }();
  std::vector<front::OperationOf<Rooms>> rows;
  auto path = paths.begin();
  for (const auto& row : data_map_rows())
    for (int prefix = 0; prefix < 3; ++prefix) {
      rows.push_back(row);
      rows.back().path = *path++;
    }
  static const std::deque<std::string> scan_paths = [] {
    std::deque<std::string> all;
    for (const auto& row : scan_rows()) all.push_back("/scan" + std::string(row.path));
    return all;
  }();
  auto scan_path = scan_paths.begin();
  for (const auto& row : scan_rows()) {
    rows.push_back(row);  // on the host of its own
    rows.push_back(row);
    rows.back().path = *scan_path++;
  }
  return front::bind(rooms, rows);
}

// The account that the host names.
Result<std::string> scope_of(const Rooms& rooms, const front::Call& call) {
  std::string_view host = call.request.host;
  TRY(auto account, rooms.documents.find_by_name(kAccountType, host.substr(0, host.find('.'))));
  return account.id.text();
}

#define ACCOUNTS "/providers/Microsoft.Purview/accounts"
#define GROUP "/subscriptions/{subscription}/resourceGroups/{group}"

}  // namespace

front::Service data_map_service(Rooms& rooms) {
  return {.name = "purview",
          .hosts = {"*.purview.azure.com"},
          .audiences = {"https://purview.azure.net", "73c2949e-da2d-457a-9607-fcc665198967"},
          .operations = data_map_operations(rooms),
          .scope = [&rooms](const front::Call& call) { return scope_of(rooms, call); },
          .shape_error = &shape_error,
          .finish = [](http::Response& response, const front::Call& call) { response.headers.set("x-ms-request-id", call.request_id); }};
}

front::Service purview_account_service(Rooms& rooms) {
  return arm::management_service("purview", front::bind<Rooms>(rooms, {
      {"PutAccount", "PUT", GROUP ACCOUNTS "/{account}", &put_account, action("Microsoft.Purview/accounts/write")},
      {"UpdateAccount", "PATCH", GROUP ACCOUNTS "/{account}", &patch_account, action("Microsoft.Purview/accounts/write")},
      {"GetAccount", "GET", GROUP ACCOUNTS "/{account}", &get_account, action("Microsoft.Purview/accounts/read")},
      {"DeleteAccount", "DELETE", GROUP ACCOUNTS "/{account}", &delete_account, action("Microsoft.Purview/accounts/delete")},
      {"ListAccountsOfGroup", "GET", GROUP ACCOUNTS, &list_accounts, action("Microsoft.Purview/accounts/read")},
      {"ListAccounts", "GET", "/subscriptions/{subscription}" ACCOUNTS, &list_accounts, action("Microsoft.Purview/accounts/read")},
  }));
}

}  // namespace axonite::service::purview
