// rooms: protocol/tds
// RPC requests and the values of their parameters: what is understood must be writable again, and read back the same.
#include <cstdint>
#include <cstdlib>

#include "protocol/tds/rpc.h"

namespace {

using namespace axonite;
using namespace axonite::protocol::tds;

// Only types and values that come back exactly: text may be longer than its type, decimals wider than theirs.
bool comes_back(const tsql::Parameter& parameter) {
  using enum tsql::TypeId;
  auto id = parameter.type.id;
  return id <= bigint || id == money || id == smallmoney || id == date || id == uniqueidentifier || id == datetimeoffset;
}

void check(const tsql::Parameter& parameter) {
  Bytes out;
  write_type_info(out, parameter.type);
  if (!write_value(out, parameter.type, parameter.value) || !comes_back(parameter)) return;
  Reader reader(out.view());
  auto again = read_typed_value(reader, kParameterBytesMax);
  if (!again || !reader.empty()) std::abort();
  // An integer wider than its declared type is cut by the writer, as the wire's length belongs to the type.
  if (parameter.type.id <= tsql::TypeId::bigint) return;
  if (again->value != parameter.value) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > (1u << 14)) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto body = without_headers(bytes);
  if (!body) return 0;
  auto calls = parse_rpcs(*body);
  if (!calls) return 0;
  for (auto& call : *calls) {
    if (call.parameters.size() > kParametersMax) std::abort();
    for (auto& parameter : call.parameters) check(parameter);
  }
  return 0;
}
