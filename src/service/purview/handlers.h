#pragma once
#include "service/purview/service.h"

namespace axonite::service::purview {

using Answer = Result<http::Response>;

inline constexpr std::string_view kAccountType = "Microsoft.Purview/accounts";

// entities.cc
Answer upsert_entities(Rooms&, front::Call&);
Answer get_entity(Rooms&, front::Call&);
Answer get_header(Rooms&, front::Call&);
Answer get_entities(Rooms&, front::Call&);
Answer get_entity_by_name(Rooms&, front::Call&);
Answer get_entities_by_name(Rooms&, front::Call&);
Answer delete_entity(Rooms&, front::Call&);
Answer delete_entities(Rooms&, front::Call&);
Answer delete_entity_by_name(Rooms&, front::Call&);
Answer set_attribute(Rooms&, front::Call&);
Answer update_entity_by_name(Rooms&, front::Call&);
// classifications.cc
Answer get_classifications(Rooms&, front::Call&);
Answer get_classification(Rooms&, front::Call&);
Answer add_classifications(Rooms&, front::Call&);
Answer update_classifications(Rooms&, front::Call&);
Answer delete_classification(Rooms&, front::Call&);
Answer classify_many(Rooms&, front::Call&);
// graph.cc
Answer create_relationship(Rooms&, front::Call&);
Answer get_relationship(Rooms&, front::Call&);
Answer delete_relationship(Rooms&, front::Call&);
Answer get_lineage(Rooms&, front::Call&);
Answer get_lineage_by_name(Rooms&, front::Call&);
Answer get_next_lineage(Rooms&, front::Call&);
Answer search(Rooms&, front::Call&);
// types.cc
Answer list_types(Rooms&, front::Call&);
Answer list_type_headers(Rooms&, front::Call&);
Answer get_type_by_name(Rooms&, front::Call&);
Answer get_type_by_guid(Rooms&, front::Call&);
Answer create_types(Rooms&, front::Call&);
Answer update_types(Rooms&, front::Call&);
Answer delete_types(Rooms&, front::Call&);
Answer delete_type(Rooms&, front::Call&);
// accounts.cc
Answer put_account(Rooms&, front::Call&);
Answer patch_account(Rooms&, front::Call&);
Answer get_account(Rooms&, front::Call&);
Answer delete_account(Rooms&, front::Call&);
Answer list_accounts(Rooms&, front::Call&);

// errors.cc
http::Response shape_error(const Error&, const front::Call&);

inline http::Response json_answer(const json::Value& body) { return http::json_response(200, json::write(body)); }
inline std::string_view user(const front::Call& call) { return call.principal.object_id; }
// The value of "attr:qualifiedName"; invalid(ATLAS-400-00-01A) when missing.
Result<std::string> unique_name(const front::Call&);

}  // namespace axonite::service::purview
