#include "service/studio/studio.h"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace axonite::service::studio {
namespace {

using front::Call;

std::string escape_html(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '&') out += "&amp;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

double milliseconds_per_call(const front::CallCount& count) {
  return static_cast<double>(count.duration.count()) / 1e6 / static_cast<double>(count.count);
}

Result<http::Response> page(Rooms& rooms, Call&) {
  std::string html =
      "<!doctype html><html lang=en><meta charset=utf-8><title>Axonite</title>"
      "<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
      "table{border-collapse:collapse;width:100%}td,th{padding:.2rem .6rem;border-bottom:1px solid #ddd;text-align:left}"
      "td.n{text-align:right;font-variant-numeric:tabular-nums}</style><h1>Axonite is running</h1>";
  html += fmt::format("<p>Started {}.</p><h2>Endpoints</h2><table>", format_iso_seconds(rooms.started));
  for (const auto& [name, address] : rooms.endpoints)
    html += fmt::format("<tr><td>{}<td><code>{}</code>", escape_html(name), escape_html(address));
  html += "</table><h2>Calls</h2><table><tr><th>Host<th>Operation<th>Calls<th>Failed<th>ms per call";
  for (const auto& count : rooms.calls())
    html += fmt::format("<tr><td>{}<td>{}{}<td class=n>{}<td class=n>{}<td class=n>{:.2f}", escape_html(count.host),
                        escape_html(count.operation), count.supported ? "" : " (not supported)", count.count, count.failed,
                        milliseconds_per_call(count));
  return http::text_response(200, html + "</table></html>", "text/html; charset=utf-8");
}

Result<http::Response> health(Rooms& rooms, Call&) {
  json::Object endpoints;
  for (const auto& [name, address] : rooms.endpoints) endpoints[name] = address;
  json::Object body{{"status", "ready"}, {"started", format_iso(rooms.started)}, {"endpoints", endpoints}};
  return http::json_response(200, json::write(body));
}

Result<http::Response> calls(Rooms& rooms, Call&) {
  json::Array list;
  for (const auto& count : rooms.calls())
    list.push_back(json::Object{{"host", count.host},
                                {"operation", count.operation},
                                {"supported", count.supported},
                                {"count", count.count},
                                {"failed", count.failed},
                                {"milliseconds", static_cast<double>(count.duration.count()) / 1e6}});
  return http::json_response(200, json::write(json::Object{{"value", list}}));
}

Result<http::Response> operations(Rooms& rooms, Call&) {
  json::Array list;
  for (const std::string& name : rooms.operations()) list.emplace_back(name);
  return http::json_response(200, json::write(json::Object{{"value", list}}));
}

http::Response shape_error(const Error& error, const Call&) {
  int status = error.kind == Error::Kind::not_found ? 404 : error.kind == Error::Kind::internal ? 500 : 400;
  return http::json_response(status, json::write(json::Object{{"error", json::Object{{"code", error.code}, {"message", error.message}}}}));
}

}  // namespace

front::Service make_service(Rooms& rooms) {
  return {.name = "studio",
          .hosts = {"localhost"},
          .operations = front::bind<Rooms>(rooms, {{"StatusPage", "GET", "/", &page, front::anonymous()},
                                                   {"Health", "GET", "/axonite/health", &health, front::anonymous()},
                                                   {"Calls", "GET", "/axonite/calls", &calls, front::anonymous()},
                                                   {"Operations", "GET", "/axonite/operations", &operations, front::anonymous()}}),

          .audited = false,
          .shape_error = shape_error};
}

}  // namespace axonite::service::studio
