#include "server/server.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "http/server.h"
#include "net/certificate_authority.h"
#include "net/poller.h"
#include "server/rooms.h"

namespace axonite::server {
namespace {

constexpr std::chrono::seconds kStopGrace{5};

// One server per data directory; the lock goes with the process, however it ends.
Result<std::shared_ptr<File>> lock_directory(const std::filesystem::path& directory) {
  int descriptor = ::open((directory / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return std::unexpected(internal("the lock file of " + directory.string() + " cannot be opened"));
  auto file = std::make_shared<File>(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    return std::unexpected(conflict("DataDirectoryInUse", "Another server runs on " + directory.string() + "."));
  return file;
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
    TRY(rooms_, Rooms::open(config.data_dir, system_clock()));
    CHECK_OK(rooms_->mount());
    return listen(config);
  }

  Ports ports() const override { return ports_; }

  void stop() override {
    if (poller_) poller_->stop(kStopGrace);
    if (rooms_) rooms_->sql->stop();
  }

 private:
  Result<void> listen(const Config& config) {
    poller_ = std::make_unique<net::Poller>(net::Poller::Options{});
    front::Front& front = *rooms_->front;
    TRY(http_, http::Server::start(*poller_, *authority_, config.port,
                                   {.handler = front.handler(),
                                    .is_ours = [&front](std::string_view host) { return front.serves(host); },
                                    .upstream_proxy = config.upstream_proxy}));
    ports_.front = http_->port();
    CHECK_OK(rooms_->sql->listen(*poller_, *authority_, config, ports_));
    rooms_->studio->endpoints = {{"front", "http://127.0.0.1:" + std::to_string(ports_.front)},
                                {"dedicated SQL", "127.0.0.1:" + std::to_string(ports_.sql)},
                                {"serverless SQL", "127.0.0.1:" + std::to_string(ports_.sql_serverless)}};
    return ok();
  }

  std::shared_ptr<File> lock_;
  std::unique_ptr<net::CertificateAuthority> authority_;
  std::unique_ptr<Rooms> rooms_;
  std::unique_ptr<net::Poller> poller_;
  std::unique_ptr<http::Server> http_;
  Ports ports_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(Config config) {
  auto server = std::make_unique<RunningServer>();
  CHECK_OK(server->open(config));
  return server;
}

}  // namespace axonite::server
