#include "server/server.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <thread>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "http/server.h"
#include "net/certificate_authority.h"
#include "net/poller.h"
#include "lake/namespace.h"
#include "server/rooms.h"
#include "server/spark.h"

namespace axonite::server {
namespace {

constexpr std::chrono::seconds kStopGrace{5};
constexpr std::chrono::hours kSweepEvery{1};

// One server per data directory; the lock goes with the process, however it ends.
Result<std::shared_ptr<File>> lock_directory(const std::filesystem::path& directory) {
  int descriptor = ::open((directory / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return std::unexpected(internal("the lock file of " + directory.string() + " cannot be opened"));
  auto file = std::make_shared<File>(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    return std::unexpected(conflict("DataDirectoryInUse", "Another server runs on " + directory.string() + "."));
  return file;
}

// Only work that we started (a pipeline, a notebook) holds the token of a managed identity. It must get through when
// every place is taken, since the request that waits for it holds one.
bool is_call_back(const identity::Directory& directory, const http::Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  if (request.headers.contains("X-IDENTITY-HEADER")) return true;  // asks for such a token
  std::string_view authorization = request.headers.get("Authorization");
  if (!text::starts_with_ignoring_case(authorization, kBearer)) return false;
  auto caller = directory.verifier().verify(authorization.substr(kBearer.size()),
                                            {"https://storage.azure.com", "https://vault.azure.net", "https://management.azure.com",
                                             "https://dev.azuresynapse.net"});
  return caller && caller->kind == identity::Principal::Kind::managed_identity;
}

class RunningServer : public Server {
 public:
  ~RunningServer() override { stop(); }

  Result<void> open(const Config& config) {
    std::error_code failed;
    std::filesystem::create_directories(config.data_dir, failed);
    if (failed) return std::unexpected(invalid("DataDirectoryInvalid", "The data directory " + config.data_dir.string() + " cannot be made: " + failed.message() + "."));
    TRY(lock_, lock_directory(config.data_dir));
    TRY(authority_, net::CertificateAuthority::open(config.data_dir / "ca"));
    TRY(rooms_, Rooms::open(config, system_clock()));
    CHECK_OK(rooms_->mount());
    return listen(config);
  }

  Ports ports() const override { return ports_; }

  void stop() override {
    sweeper_ = {};
    if (http_) http_->cancel_requests();
    if (poller_) poller_->stop(kStopGrace);
    if (spark_) spark_->stop();
    if (rooms_) rooms_->sql->stop();
  }

 private:
  Result<void> listen(const Config& config) {
    poller_ = std::make_unique<net::Poller>(net::Poller::Options{});
    front::Front& front = *rooms_->front;
    const identity::Directory& directory = *rooms_->directory;
    TRY(http_, http::Server::start(*poller_, *authority_, config.port,
                                   {.handler = front.handler(),
                                    .is_ours = [&front](std::string_view host) { return front.serves(host); },
                                    .upstream_proxy = config.upstream_proxy,
                                    .is_call_back = [&directory](const http::Request& request) { return is_call_back(directory, request); }}));
    ports_.front = http_->port();
    CHECK_OK(rooms_->sql->listen(*poller_, *authority_, config, ports_));
    SparkRooms spark{.engine = rooms_->sql->engine(),
                     .view_of = [this](const identity::Principal& principal) { return rooms_->lake->view(principal); },
                     .events = *rooms_->events,
                     .verifier = directory.verifier(),
                     .clock = system_clock()};
    TRY(spark_, Spark::listen(spark, *poller_, *authority_, config.spark_port));
    ports_.spark = spark_->port();
    rooms_->notebooks->set_ports(ports_);
    rooms_->studio->endpoints = {{"front", "http://127.0.0.1:" + std::to_string(ports_.front)},
                                {"dedicated SQL", "127.0.0.1:" + std::to_string(ports_.sql)},
                                {"serverless SQL", "127.0.0.1:" + std::to_string(ports_.sql_serverless)},
                                {"Spark Connect", "sc://localhost:" + std::to_string(ports_.spark)}};
    sweeper_ = std::jthread([this](std::stop_token stop) { sweep_lake(stop); });
    return ok();
  }

  // Blocks that nobody committed and what was deleted for good: disk space that only time gives back.
  void sweep_lake(std::stop_token stop) {
    while (system_clock().wait_until(system_clock().now() + kSweepEvery, stop))
      if (auto swept = rooms_->lake->sweep(); !swept) log::warning("server", "the lake was not swept: " + swept.error().message);
  }

  std::shared_ptr<File> lock_;
  std::unique_ptr<net::CertificateAuthority> authority_;
  std::unique_ptr<Rooms> rooms_;
  std::unique_ptr<net::Poller> poller_;
  std::unique_ptr<Spark> spark_;
  std::unique_ptr<http::Server> http_;
  Ports ports_;
  std::jthread sweeper_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(Config config) {
  auto server = std::make_unique<RunningServer>();
  CHECK_OK(server->open(config));
  return server;
}

}  // namespace axonite::server
