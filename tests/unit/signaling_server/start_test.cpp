#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/adapters/store_threads/start_chat_service.h"
#include "signaling/server/signaling_server.h"
#include "tests/support/media/fake_media_engine.h"

namespace parlance::signaling {
namespace {

TEST(SignalingServer, ThatCannotReadItsCertificateDoesNotStartAndSaysWhich) {
  auto chat = chat::start_chat_service({"memory:"}, [](const auto&) {}).value();
  test::FakeMediaEngine media;
  SignalingOptions options;
  options.listen_addresses = {"127.0.0.1"};
  options.port = 0;
  options.threads = 2;
  options.tls = TlsFiles{"/nonexistent/chain.pem", "/nonexistent/key.pem"};
  const auto server =
      start_signaling_server(std::move(options), {*chat, media, {}, {}, {}, {}, {}});
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error(), testing::HasSubstr("/nonexistent/chain.pem"));
  chat->stop();
}

}  // namespace
}  // namespace parlance::signaling
