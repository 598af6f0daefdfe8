// rooms: service/storage
// "path?query" with any SAS, and the same text as a SharedKey signature: always refused, never a crash.
#include <cstddef>
#include <cstdint>

#include "service/storage/sas.h"
#include "service/storage/shared_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace axonite;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t question = std::min(text.find('?'), text.size());
  http::Request request;
  request.path = "/" + std::string(text.substr(0, question));
  auto query = http::Query::parse(text.substr(std::min(question + 1, text.size())));
  if (!query) return 0;
  request.query = std::move(*query);
  lake::Account account{"acct", "", true, {Secret("a2V5"), Secret("a2V5")}, {}};
  if (service::storage::verify_sas(request, account, from_unix_seconds(1'700'000'000))) __builtin_trap();
  if (service::storage::verify_shared_key(request, account, text)) __builtin_trap();
  return 0;
}
