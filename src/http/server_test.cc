#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "base/id.h"
#include "http/client.h"

namespace axonite::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(directory_);
    std::ofstream(directory_ / "big") << std::string(3'000'000, 'x');
    authority_ = *net::CertificateAuthority::open(directory_ / "ca");
    ServerOptions options{.handler = [this](Request& request) { return answer(request); },
                          .is_ours = [](std::string_view host) { return host != "foreign.test"; }};
    options.head_time_max = std::chrono::milliseconds(400);
    server_ = *Server::start(poller_, *authority_, 0, std::move(options));
  }
  void TearDown() override {
    server_.reset();
    poller_.stop(std::chrono::seconds(2));
    std::filesystem::remove_all(directory_);
  }

  Response answer(Request& request) {
    if (request.path == "/unread") return text_response(200, "unread");
    if (request.path == "/file") {
      Response response;
      auto file = *File::open_read(directory_ / "big");
      response.body = FileSlice{file, 1'000'000, 2'000'000};
      return response;
    }
    if (request.path == "/stream") {
      Response response;
      response.body = Stream{[](BodySink& sink) -> Result<void> {
        for (int i = 0; i < 3; ++i) CHECK_OK(sink.write("part"));
        return ok();
      }, std::nullopt};
      return response;
    }
    if (request.path == "/throw") throw std::runtime_error("a library failed");
    auto body = request.read_body(1000);
    if (!body) return text_response(413, body.error().code);
    return text_response(200, request.method + " " + request.host + request.path + " " + *body + (request.secure ? " secure" : ""));
  }

  // Sends bytes and returns all that comes until the server closes or is silent for a moment.
  std::string talk(net::Stream& stream, std::string_view bytes) {
    EXPECT_TRUE(stream.write(bytes, net::in(std::chrono::seconds(2))));
    std::string text;
    char buffer[65536];
    while (true) {
      auto got = stream.read(buffer, net::in(std::chrono::milliseconds(200)));
      if (!got || *got == 0) return text;
      text.append(buffer, *got);
    }
  }
  std::string talk(std::string_view bytes) {
    auto stream = net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2)));
    return stream ? talk(**stream, bytes) : "no connection";
  }

  std::filesystem::path directory_ = std::filesystem::temp_directory_path() / ("axonite-" + new_uuid());
  net::Poller poller_{{.threads = 4}};
  std::unique_ptr<net::CertificateAuthority> authority_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersSeveralRequestsOnOneConnection) {
  std::string text = talk("GET /a HTTP/1.1\r\nHost: x.test\r\n\r\nPOST /b HTTP/1.1\r\nHost: y.test:99\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_THAT(text, HasSubstr("GET x.test/a "));
  EXPECT_THAT(text, EndsWith("POST y.test/b abc"));
}

TEST_F(ServerTest, ReadsChunksAndSkipsUnreadBodies) {
  EXPECT_THAT(talk("PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), EndsWith("PUT x/c abcde"));
  std::string text = talk("PUT /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(text, HasSubstr("unread"));
  EXPECT_THAT(text, EndsWith("GET x/next "));
}

TEST_F(ServerTest, ContinuesOnlyWhenTheBodyIsWanted) {
  EXPECT_THAT(talk("PUT /c HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"), StartsWith("HTTP/1.1 100 Continue"));
  std::string refused = talk("PUT /unread HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(refused, HasSubstr("Connection: close"));
}

TEST_F(ServerTest, SendsFilesStreamsAndHeads) {
  std::string text = talk("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(text, HasSubstr("Content-Length: 2000000\r\n"));
  EXPECT_THAT(text, EndsWith("xxxx"));
  EXPECT_GT(text.size(), 2'000'000u);
  EXPECT_THAT(talk("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("4\r\npart\r\n4\r\npart\r\n4\r\npart\r\n0\r\n\r\n"));
  EXPECT_THAT(talk("HEAD /file HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("\r\n\r\n"));
}

TEST_F(ServerTest, RefusesBadRequestsAndGoesOn) {
  EXPECT_THAT(talk("NOT HTTP\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nX: " + std::string(70'000, 'a') + "\r\n\r\n"), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(talk("GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(talk("GET /?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk("PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(talk("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(talk("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, CutsOffASlowHead) {
  auto stream = *net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2)));
  EXPECT_TRUE(stream->write("GET / HT", net::in(std::chrono::seconds(1))));
  char byte;
  auto got = stream->read(std::span(&byte, 1), net::in(std::chrono::seconds(3)));
  EXPECT_TRUE(got && *got == 0);
}

TEST_F(ServerTest, EndsTlsInsideConnect) {
  auto stream = *net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2)));
  EXPECT_THAT(talk(*stream, "CONNECT kv.vault.test:443 HTTP/1.1\r\nHost: kv.vault.test:443\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  auto context = *net::TlsContext::client(authority_->certificate_pem());
  auto secure = net::tls_connect(std::move(stream), context, "kv.vault.test", net::in(std::chrono::seconds(2)));
  ASSERT_TRUE(secure) << secure.error().log;
  EXPECT_THAT(talk(**secure, "GET /s HTTP/1.1\r\nHost: kv.vault.test\r\n\r\n"), EndsWith("GET kv.vault.test/s  secure"));
}

TEST_F(ServerTest, ACertificateOfAnotherHostIsRefusedByTheClient) {
  auto stream = *net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2)));
  auto other = *net::CertificateAuthority::open(directory_ / "other");
  auto context = *net::TlsContext::client(other->certificate_pem());
  EXPECT_FALSE(net::tls_connect(std::move(stream), context, "kv.vault.test", net::in(std::chrono::seconds(2))));
}

TEST_F(ServerTest, IdleConnectionsCostNoThread) {
  std::vector<std::unique_ptr<net::Stream>> idle;
  for (int i = 0; i < 400; ++i) idle.push_back(*net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2))));
  EXPECT_THAT(talk("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("GET x/a "));
  EXPECT_GE(poller_.parked(), 399u);
}

TEST_F(ServerTest, TheTwoTransportsAnswerAlike) {
  auto network = network_transport();
  auto in_process = in_process_transport([this](Request& request) { return answer(request); });
  std::string address = "http://127.0.0.1:" + std::to_string(server_->port());
  for (std::string path : {"/a?x=1", "/stream", "/file"}) {
    Outgoing outgoing{.method = "POST", .url = address + path, .body = "hello"};
    auto one = network->send(outgoing, {});
    auto two = in_process->send(outgoing, {});
    ASSERT_TRUE(one && two) << path;
    EXPECT_EQ(one->status, two->status);
    EXPECT_EQ(one->body, two->body);
  }
  EXPECT_EQ(network->send({.url = "ftp://x/"}, {}).error().code, "InvalidUrl");
  EXPECT_EQ(network->send({.url = "http://127.0.0.1:1/"}, {}).error().code, "ConnectionFailed");
}

}  // namespace
}  // namespace axonite::http
