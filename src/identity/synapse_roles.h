#pragma once
#include <vector>

#include "identity/role_assignments.h"

namespace axonite::identity {

const std::vector<RoleDefinition>& synapse_roles();

}  // namespace axonite::identity
