#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>
#include <thread>

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
    options.requests_max = 12;
    options.is_call_back = [](const Request& request) { return request.headers.contains("X-Back"); };
    options.head_time_max = std::chrono::milliseconds(400);
    server_ = *Server::start(poller_, *authority_, 0, std::move(options));
  }
  void TearDown() override {
    server_.reset();
    poller_.stop(std::chrono::seconds(2));
    std::filesystem::remove_all(directory_);
  }

  Response answer(Request& request) {
    if (request.path == "/block") {
      ++blocked_;
      released_.wait();
      return text_response(200, "released");
    }
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
  std::atomic<int> blocked_ = 0;
  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
  net::Poller poller_{{.threads_min = 4}};
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

TEST_F(ServerTest, ALastChunkMayComeInPieces) {
  auto stream = *net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2)));
  EXPECT_EQ(talk(*stream, "PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"), "");
  EXPECT_EQ(talk(*stream, "\r"), "");
  EXPECT_THAT(talk(*stream, "\n"), EndsWith("PUT x/c "));
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

TEST_F(ServerTest, RefusesWhatTwoReadersCouldUnderstandDifferently) {
  EXPECT_THAT(talk("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk("PUT /c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk("PUT /c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(talk("PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nabc"), StartsWith("HTTP/1.1 501"));
  EXPECT_THAT(talk("PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), StartsWith("HTTP/1.1 501"));
}

TEST_F(ServerTest, AnOriginFormRequestNeverReachesAForeignHost) {
  EXPECT_THAT(talk("GET / HTTP/1.1\r\nHost: foreign.test\r\n\r\n"), StartsWith("HTTP/1.1 421"));
  EXPECT_THAT(talk("GET http://ours.test/p HTTP/1.1\r\nHost: other\r\n\r\n"), EndsWith("GET ours.test/p "));
}

TEST_F(ServerTest, SpeaksHttp10WithoutChunks) {
  std::string text = talk("GET /stream HTTP/1.0\r\nHost: x\r\n\r\n");
  EXPECT_THAT(text, HasSubstr("Connection: close"));
  EXPECT_THAT(text, EndsWith("\r\n\r\npartpartpart"));
}

TEST_F(ServerTest, AHeadMayComeByteByByteAndHoldsNoThread) {
  std::vector<std::unique_ptr<net::Stream>> slow;
  for (int i = 0; i < 40; ++i) {
    slow.push_back(*net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2))));
    EXPECT_TRUE(slow.back()->write("GET /slow HTT", net::in(std::chrono::seconds(1))));
  }
  EXPECT_THAT(talk("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("GET x/a "));
  EXPECT_THAT(talk(*slow[7], "P/1.1\r\nHost: x\r\n\r\n"), EndsWith("GET x/slow "));
}

TEST_F(ServerTest, AnswersAnUploadThatItRefusesBeforeItsEnd) {
  auto stream = *net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2)));
  EXPECT_TRUE(stream->write("PUT /big HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n", net::in(std::chrono::seconds(1))));
  EXPECT_TRUE(stream->write(std::string(700'000, 'x'), net::in(std::chrono::seconds(2))));
  EXPECT_THAT(talk(*stream, std::string(200'000, 'x')), StartsWith("HTTP/1.1 413"));
}

TEST_F(ServerTest, CutsATruncatedBodyOff) {
  auto stream = *net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2)));
  EXPECT_TRUE(stream->write("PUT /c HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc", net::in(std::chrono::seconds(1))));
  stream->finish();
  EXPECT_THAT(talk(*stream, ""), HasSubstr("ConnectionClosed"));
}

TEST_F(ServerTest, BlockedRequestsLeaveThreadsForOthers) {
  std::vector<std::unique_ptr<net::Stream>> blocked;
  for (int i = 0; i < 12; ++i) {
    blocked.push_back(*net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2))));
    EXPECT_TRUE(blocked.back()->write("GET /block HTTP/1.1\r\nHost: x\r\n\r\n", net::in(std::chrono::seconds(1))));
  }
  while (blocked_ < 12) std::this_thread::yield();
  EXPECT_THAT(talk("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(talk("GET /a HTTP/1.1\r\nHost: x\r\nX-Back: 1\r\n\r\n"), EndsWith("GET x/a "));
  release_.set_value();
  EXPECT_THAT(talk(*blocked[11], ""), EndsWith("released"));
  EXPECT_THAT(talk("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("GET x/a "));
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

TEST_F(ServerTest, GoesOnWithWhatCameWithTheConnect) {
  auto stream = *net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2)));
  EXPECT_THAT(talk(*stream, "CONNECT kv.vault.test:443 HTTP/1.1\r\nHost: kv.vault.test:443\r\n\r\nGET /p HTTP/1.1\r\nHost: kv.vault.test\r\n\r\n"),
              EndsWith("GET kv.vault.test/p "));
}

TEST_F(ServerTest, TheGuardedTransportReachesLoopbackButNotLinkLocal) {
  auto guarded = guarded_network_transport();
  EXPECT_TRUE(guarded->send({.url = "http://127.0.0.1:" + std::to_string(server_->port()) + "/a"}, {}));
  EXPECT_EQ(guarded->send({.url = "http://169.254.169.254/metadata"}, {}).error().code, "ConnectionFailed");
  EXPECT_EQ(guarded->send({.url = "http://[::ffff:169.254.169.254]/metadata"}, {}).error().code, "ConnectionFailed");
}

// An origin on a thread of its own that answers one connection with `text`, after it has heard something.
class Origin {
 public:
  explicit Origin(std::string text) {
    port = *poller_.listen(0, [this, text](int descriptor) {
      auto stream = net::socket_stream(descriptor);
      char buffer[4096];
      auto got = stream->read(buffer, net::in(std::chrono::seconds(2)));
      heard.set_value(got ? std::string(buffer, *got) : "");
      (void)stream->write(text, net::in(std::chrono::seconds(2)));
    });
  }
  std::promise<std::string> heard;
  std::uint16_t port;

 private:
  net::Poller poller_{{.threads_min = 2}};
};

TEST_F(ServerTest, TunnelsForeignHostsUntouched) {
  Origin origin("whatever bytes");
  ServerOptions options{.handler = [this](Request& request) { return answer(request); }, .is_ours = [](std::string_view) { return false; }};
  auto second = *Server::start(poller_, *authority_, 0, std::move(options));
  auto stream = *net::connect("127.0.0.1", second->port(), net::in(std::chrono::seconds(2)));
  std::string host = "127.0.0.1:" + std::to_string(origin.port);
  EXPECT_EQ(talk(*stream, "GET http://" + host + "/p?q HTTP/1.1\r\nHost: " + host + "\r\nProxy-Authorization: x\r\nX: 1\r\n\r\n"), "whatever bytes");
  EXPECT_EQ(origin.heard.get_future().get(), "GET /p?q HTTP/1.1\r\nHost: " + host + "\r\nX: 1\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(talk("CONNECT foreign.test:443 HTTP/1.1\r\nHost: foreign.test\r\n\r\n"), StartsWith("HTTP/1.1 502"));
}

TEST_F(ServerTest, AsksTheUpstreamProxyForForeignHosts) {
  Origin proxy("HTTP/1.1 200 yes\r\n\r\nfrom afar");
  ServerOptions options{.handler = [this](Request& request) { return answer(request); },
                        .is_ours = [](std::string_view) { return false; },
                        .upstream_proxy = "http://user:pass%40@127.0.0.1:" + std::to_string(proxy.port) + "/"};
  auto second = *Server::start(poller_, *authority_, 0, std::move(options));
  auto stream = *net::connect("127.0.0.1", second->port(), net::in(std::chrono::seconds(2)));
  std::string text = talk(*stream, "CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\n\r\n");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 Connection established"));
  EXPECT_THAT(text, EndsWith("from afar"));
  EXPECT_EQ(proxy.heard.get_future().get(),
            "CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\nProxy-Authorization: Basic dXNlcjpwYXNzQA==\r\n\r\n");
}

TEST_F(ServerTest, CurlVerifiesTheLeafThroughTheProxy) {
  auto transport = network_transport(directory_ / "ca/ca.pem", "http://127.0.0.1:" + std::to_string(server_->port()));
  auto answer = transport->send({.method = "PUT", .url = "https://lake.blob.test/c/b", .body = "abc"}, {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "PUT lake.blob.test/c/b abc secure");
  auto untrusting = network_transport({}, "http://127.0.0.1:" + std::to_string(server_->port()));
  EXPECT_EQ(untrusting->send({.url = "https://lake.blob.test/"}, {}).error().code, "ConnectionFailed");
}

TEST_F(ServerTest, ACertificateOfAnotherHostIsRefusedByTheClient) {
  auto stream = *net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2)));
  auto other = *net::CertificateAuthority::open(directory_ / "other");
  auto context = *net::TlsContext::client(other->certificate_pem());
  EXPECT_FALSE(net::tls_connect(std::move(stream), context, "kv.vault.test", net::in(std::chrono::seconds(2))));
}

TEST_F(ServerTest, IdleConnectionsCostNoThread) {
  std::vector<std::unique_ptr<net::Stream>> idle;
  for (int i = 0; i < 2'000; ++i) idle.push_back(*net::connect("127.0.0.1", server_->port(), net::in(std::chrono::seconds(2))));
  EXPECT_THAT(talk("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("GET x/a "));
  EXPECT_LE(poller_.threads(), 8u);
  EXPECT_GE(poller_.parked(), 1'999u);
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
  Outgoing smuggling{.url = address + "/a"};
  smuggling.headers.add("X", "1\r\nY: 2");
  EXPECT_EQ(network->send(smuggling, {}).error().code, "InvalidHeader");
  EXPECT_EQ(in_process->send(smuggling, {}).error().code, "InvalidHeader");
  EXPECT_EQ(network->send({.url = "ftp://x/"}, {}).error().code, "InvalidUrl");
  EXPECT_EQ(network->send({.url = "http://127.0.0.1:1/"}, {}).error().code, "ConnectionFailed");
}

TEST_F(ServerTest, ALoopbackAddressIsWhoeverListensThere) {
  auto ours = [](Request&) -> Response { return text_response(200, "in process"); };
  auto routed = routed_transport([](std::string_view) { return true; }, in_process_transport(ours), network_transport());
  EXPECT_EQ(routed->send({.url = "https://lake.blob.test/"}, {})->body, "in process");
  auto answer = routed->send({.url = "http://127.0.0.1:" + std::to_string(server_->port()) + "/unread"}, {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "unread");
}

}  // namespace
}  // namespace axonite::http
