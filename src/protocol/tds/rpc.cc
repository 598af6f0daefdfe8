#include "protocol/tds/rpc.h"

#include <fmt/format.h>

#include "base/text.h"

namespace axonite::protocol::tds {
namespace {

constexpr std::size_t kCallsMax = 1000;
constexpr std::string_view kProcedures[] = {
    "",           "sp_cursor",     "sp_cursoropen",   "sp_cursorprepare", "sp_cursorexecute", "sp_cursorprepexec",
    "sp_cursorunprepare", "sp_cursorfetch", "sp_cursoroption", "sp_cursorclose", "sp_executesql", "sp_prepare",
    "sp_execute", "sp_prepexec",   "sp_prepexecrpc",  "sp_unprepare"};

// "[db].sys.sp_executesql" → "sp_executesql", for procedures that the protocol itself knows.
std::string known_name(std::string name) {
  auto last = name.substr(name.rfind('.') + 1);
  last = text::to_lower(text::replace_all(text::replace_all(last, "[", ""), "]", ""));
  for (auto known : kProcedures) {
    if (last == known && !last.empty()) return last;
  }
  return last.starts_with("sp_describe_") ? last : name;
}

Result<std::string> read_procedure(Reader& reader) {
  auto length = reader.u16();
  if (length == 0xFFFF) {
    auto id = reader.u16();
    CHECK_OK(reader.ok());
    if (id == 0 || id >= std::size(kProcedures)) return std::unexpected(protocol_error(fmt::format("There is no procedure {}.", id)));
    return std::string(kProcedures[id]);
  }
  auto name = from_utf16(reader.take(std::size_t{length} * 2));
  CHECK_OK(reader.ok());
  return known_name(std::move(name));
}

bool starts_next_call(std::uint8_t byte) { return byte == 0xFF || byte == 0xFE; }

Result<Rpc> read_call(Reader& reader) {
  Rpc rpc;
  TRY(rpc.procedure, read_procedure(reader));
  reader.u16();  // option flags
  while (!reader.empty() && !starts_next_call(reader.peek())) {
    if (rpc.parameters.size() == kParametersMax) {
      return std::unexpected(too_large("TdsTooManyParameters", "A request may have 2100 parameters."));
    }
    tsql::Parameter parameter;
    parameter.name = reader.b_varchar();
    parameter.output = reader.u8() & 0x01;
    CHECK_OK(reader.ok());
    TRY(auto typed, read_typed_value(reader, kParameterBytesMax));
    parameter.type = typed.type;
    parameter.value = std::move(typed.value);
    rpc.parameters.push_back(std::move(parameter));
  }
  CHECK_OK(reader.ok());
  return rpc;
}

}  // namespace

Result<std::string_view> without_headers(std::string_view body) {
  Reader reader(body);
  auto total = reader.u32();
  if (reader.broken() || total < 4 || total > body.size()) return std::unexpected(protocol_error("ALL_HEADERS is broken."));
  return body.substr(total);
}

Result<std::vector<Rpc>> parse_rpcs(std::string_view body) {
  Reader reader(body);
  std::vector<Rpc> calls;
  do {
    if (calls.size() == kCallsMax) return std::unexpected(too_large("TdsTooManyCalls", "A request may have 1000 calls."));
    TRY(auto call, read_call(reader));
    calls.push_back(std::move(call));
    if (!reader.empty()) reader.u8();  // the separator
  } while (!reader.empty());
  return calls;
}

}  // namespace axonite::protocol::tds
