#pragma once
#include "service/authorization/service.h"

namespace axonite::service::authorization {

using Answer = Result<http::Response>;

// assignments.cc
Answer put_assignment(Rooms&, front::Call&);
Answer get_assignment(Rooms&, front::Call&);
Answer delete_assignment(Rooms&, front::Call&);
Answer list_assignments(Rooms&, front::Call&);
// definitions.cc
Answer get_definition(Rooms&, front::Call&);
Answer list_definitions(Rooms&, front::Call&);
Answer refuse_definition(Rooms&, front::Call&);

// filter.cc
// The terms of "$filter=a and b". unsupported("FilterNotSupported") for a term that is none of these.
struct Filter {
  bool at_scope = false;     // atScope(): nothing below the scope
  std::string principal_id;  // principalId eq '…', assignedTo('…')
  std::string role_name;     // roleName eq '…'
  std::string type;          // type eq 'BuiltInRole'
};
Result<Filter> parse_filter(std::string_view text);

// routes.cc
// What the path asks about: everything before the last /providers/Microsoft.Authorization; "/" for nothing.
std::string scope_of(const front::Call& call);
// "/subscriptions/{s}" of a scope, or "".
std::string subscription_of(std::string_view scope);

}  // namespace axonite::service::authorization
