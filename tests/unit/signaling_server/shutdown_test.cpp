// Which descriptors are closed when the server ends. This program has a close() of its own, which
// the libraries use as well: a number that is closed twice may be another thread's file the second
// time.
#include <atomic>
#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/ws/tls.h"
#include "tests/unit/signaling_server/world.h"

namespace {

std::atomic<int> closed{0};
std::atomic<int> closed_twice{0};

}  // namespace

extern "C" int close(int fd) {
  const auto result = static_cast<int>(syscall(SYS_close, fd));
  ++closed;
  if (result != 0 && errno == EBADF) {
    ++closed_twice;
  }
  return result;
}

namespace parlance::signaling::test {
namespace {

namespace fs = std::filesystem;

TEST(Shutdown, ClosesNoDescriptorTwice) {
  {
    const World world;
    Client client(world, world.guest("Ada"));
    client.start();
    const Client another(world, world.guest("Bob"));
  }
  EXPECT_GT(closed.load(), 0) << "this close() is not used";
  EXPECT_EQ(closed_twice.load(), 0);
}

TEST(Shutdown, ClosesNoDescriptorTwiceWithTls) {
  const fs::path folder = fs::temp_directory_path() / ("tls-" + new_id());
  fs::create_directories(folder);
  parlance::test::write_certificate(folder / "cert.pem", folder / "key.pem");
  {
    SignalingOptions options;
    options.tls = TlsFiles{folder / "cert.pem", folder / "key.pem"};
    const World world(options);
    parlance::test::over_tls(
        world.port(), "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n", "ok\n");
  }
  EXPECT_EQ(closed_twice.load(), 0);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace parlance::signaling::test
