#pragma once
// RPC requests (MS-TDS 2.2.6.6) and what stands before them.
#include <string>
#include <vector>

#include "protocol/tds/types.h"

namespace axonite::protocol::tds {

inline constexpr std::size_t kParametersMax = 2100;
inline constexpr std::size_t kParameterBytesMax = 64u << 20;

// Where ALL_HEADERS has an end: drops it (7.2 and later). invalid("TdsProtocol").
Result<std::string_view> without_headers(std::string_view body);

struct Rpc {
  std::string procedure;  // "sp_executesql"; ids are turned into names; quotes and "sys." removed for those
  std::vector<tsql::Parameter> parameters;
};
// The calls of one message; more than one when a client batches them.
Result<std::vector<Rpc>> parse_rpcs(std::string_view body);

}  // namespace axonite::protocol::tds
