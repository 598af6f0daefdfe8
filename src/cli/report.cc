#include "cli/report.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <iostream>

#include "base/json.h"
#include "http/client.h"

namespace axonite::cli {

void print_report(std::uint16_t front_port) {
  auto answer = http::network_transport()->send({.url = "http://127.0.0.1:" + std::to_string(front_port) + "/axonite/calls"}, {});
  auto body = answer ? json::parse(answer->body) : std::unexpected(answer.error());
  const json::Value* calls = body ? json::find(*body, "value") : nullptr;
  if (!calls || !calls->is_array()) {
    std::cerr << "axonite: the report could not be read\n";
    return;
  }
  std::cerr << fmt::format("\n{:<44} {:<48} {:>7} {:>7} {:>10}\n", "host", "operation", "calls", "failed", "ms");
  int unsupported = 0;
  for (const json::Value& call : calls->as_array()) {
    bool supported = call.at("supported").as_bool();
    unsupported += !supported;
    std::cerr << fmt::format("{:<44} {:<48} {:>7} {:>7} {:>10.1f}{}\n", json::string_or(call, "host"), json::string_or(call, "operation"),
                             call.at("count").to_number<std::int64_t>(), call.at("failed").to_number<std::int64_t>(),
                             call.at("milliseconds").to_number<double>(), supported ? "" : "  not supported");
  }
  std::cerr << (unsupported ? fmt::format("{} kinds of calls are not supported.\n", unsupported) : "Every call is supported.\n");
}

}  // namespace axonite::cli
