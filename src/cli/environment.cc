#include "cli/environment.h"

#include <signal.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdlib>

#include "base/file.h"
#include "base/json.h"

namespace axonite::cli {
namespace {

constexpr const char* kServerFile = "server.json";

std::string local(std::string_view scheme, std::uint16_t port) { return std::string(scheme) + "127.0.0.1:" + std::to_string(port); }

void point_at_proxy(Environment& environment, const std::filesystem::path& authority, std::uint16_t port) {
  auto& set = environment.set;
  std::string bundle = (authority / "bundle.pem").string();
  set["HTTPS_PROXY"] = local("http://", port);
  set["NO_PROXY"] = "localhost,127.0.0.1,::1";
  set["REQUESTS_CA_BUNDLE"] = bundle;
  set["SSL_CERT_FILE"] = bundle;
  set["CURL_CA_BUNDLE"] = bundle;
  set["NODE_EXTRA_CA_CERTS"] = bundle;  // an inherited one may have held what the system's roots hold
  set["NODE_USE_ENV_PROXY"] = "1";
  set["JAVA_TOOL_OPTIONS"] = "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=" + std::to_string(port) +
                             " -Djavax.net.ssl.trustStore=" + (authority / "trust.p12").string() +
                             " -Djavax.net.ssl.trustStorePassword=changeit -Dhttp.nonProxyHosts=localhost|127.*";
  environment.unset = {"https_proxy", "http_proxy", "all_proxy", "grpc_proxy", "no_proxy", "HTTP_PROXY", "ALL_PROXY",
                       "AZURE_AUTHORITY_HOST", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_USERNAME", "AZURE_PASSWORD",
                       "AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT", "MSI_SECRET"};
}

}  // namespace

Result<Environment> environment_for(const std::filesystem::path& data_dir, const server::Ports& ports) {
  TRY(std::string text, read_file(data_dir / server::kOwnerFile));
  TRY(auto owner, json::parse(text));
  Environment environment;
  point_at_proxy(environment, data_dir / "ca", ports.front);
  auto& set = environment.set;
  set["AZURE_TENANT_ID"] = json::string_or(owner, "tenantId");
  set["AZURE_CLIENT_ID"] = json::string_or(owner, "clientId");
  set["AZURE_CLIENT_SECRET"] = json::string_or(owner, "clientSecret");
  set["AZURE_SUBSCRIPTION_ID"] = json::string_or(owner, "subscriptionId");
  set["AXONITE_URL"] = local("http://", ports.front);
  set["AXONITE_CA"] = (data_dir / "ca/ca.pem").string();
  if (ports.sql) set["AXONITE_SQL_DEDICATED"] = local("", ports.sql);
  if (ports.sql_serverless) set["AXONITE_SQL_SERVERLESS"] = local("", ports.sql_serverless);
  if (ports.spark) set["AXONITE_SPARK"] = "sc://localhost:" + std::to_string(ports.spark);
  return environment;
}

Result<void> write_server_file(const std::filesystem::path& data_dir, const server::Ports& ports) {
  json::Object file{{"processId", ::getpid()},
                    {"front", ports.front},
                    {"sqlDedicated", ports.sql},
                    {"sqlServerless", ports.sql_serverless},
                    {"spark", ports.spark}};
  return write_file_durably(data_dir / kServerFile, json::write(file) + "\n", 0644);
}

Result<server::Ports> read_server_file(const std::filesystem::path& data_dir) {
  Error none = not_found("ServerNotRunning", "No server runs on " + data_dir.string() + "; start one with: axonite up");
  auto text = read_file(data_dir / kServerFile);
  if (!text) return std::unexpected(none);
  TRY(auto file, json::parse(*text));
  TRY(auto process, json::optional_integer(file, "processId"));
  if (!process || ::kill(static_cast<pid_t>(*process), 0) != 0) return std::unexpected(none);
  auto port = [&](std::string_view key) { return static_cast<std::uint16_t>(json::optional_integer(file, key).value_or(0).value_or(0)); };
  return server::Ports{port("front"), port("sqlDedicated"), port("sqlServerless"), port("spark")};
}

void remove_server_file(const std::filesystem::path& data_dir) {
  std::error_code ignored;  // it is only a hint
  std::filesystem::remove(data_dir / kServerFile, ignored);
}

std::filesystem::path inherited_worker_python() {
  const char* python = std::getenv("AXONITE_WORKER_PYTHON");
  return python ? python : "";
}

std::string inherited_proxy() {
  for (const char* name : {"HTTPS_PROXY", "https_proxy"})
    if (const char* value = std::getenv(name); value && *value) return value;
  return {};
}

}  // namespace axonite::cli
