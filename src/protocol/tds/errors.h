#pragma once
#include "base/error.h"
#include "tsql/session.h"

namespace axonite::protocol::tds {

// What a client sees of an Error that ends its session or its login.
tsql::Message message_of(const Error& error);
tsql::Message login_failed(std::string_view user);
tsql::Message cannot_open_database(std::string_view database);

}  // namespace axonite::protocol::tds
