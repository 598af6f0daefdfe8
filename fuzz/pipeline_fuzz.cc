// rooms: pipeline
// Pipeline JSON comes from clients and from teams' folders; whatever it holds, parsing ends in a model or an error,
// and a model can be scheduled.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pipeline/scheduler.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto parsed = axonite::pipeline::parse_pipeline("fuzz", std::string_view(reinterpret_cast<const char*>(data), size));
  if (!parsed) return 0;
  axonite::pipeline::Scheduler scheduler(*parsed);
  (void)scheduler.apply({.kind = axonite::pipeline::Event::Kind::run_started});
  (void)scheduler.apply({.kind = axonite::pipeline::Event::Kind::cancel_requested});
  return 0;
}
