#include "signaling/server/static_files.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/signaling_server/world.h"

namespace parlance::signaling::test {
namespace {

namespace fs = std::filesystem;

// A web root with a secret beside it.
class WebRoot {
 public:
  WebRoot() {
    fs::create_directories(root() / "assets");
    write("web/index.html", "<!doctype html>");
    write("web/assets/app-1a2b.js", "let a;");
    write("web/icon.svg", "<svg/>");
    write("web/large.wasm", std::string(1'000'000, 'w'));
    write("secret.txt", "secret");
    fs::create_symlink(folder_ / "secret.txt", root() / "link.txt");
  }

  ~WebRoot() { fs::remove_all(folder_); }

  WebRoot(const WebRoot&) = delete;
  WebRoot& operator=(const WebRoot&) = delete;

  fs::path root() const { return folder_ / "web"; }

 private:
  void write(const char* name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  fs::path folder_ = fs::temp_directory_path() / ("web-root-" + new_id());
};

class StaticFilesTest : public testing::Test {
 protected:
  HttpResponse get(const std::string& path, const std::string& etag = {}) const {
    HttpRequest request;
    request.path = path;
    request.if_none_match = etag;
    return files_.serve(request);
  }

  static std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) {
        return value;
      }
    }
    return {};
  }

  WebRoot web_;
  StaticFiles files_ = StaticFiles::load(web_.root()).value();
};

TEST_F(StaticFilesTest, ServeTypesAndCaching) {
  const HttpResponse page = get("/index.html");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(*page.shared_body, "<!doctype html>");
  EXPECT_EQ(header(page, "cache-control"), "no-cache");
  const HttpResponse script = get("/assets/app-1a2b.js");
  EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
  EXPECT_NE(header(script, "cache-control").find("immutable"), std::string::npos);
  EXPECT_EQ(get("/icon.svg").content_type, "image/svg+xml");
  EXPECT_EQ(get("/large.wasm").content_type, "application/wasm");
}

TEST_F(StaticFilesTest, AnswerAKnownContentWith304) {
  const std::string etag = header(get("/icon.svg"), "etag");
  EXPECT_EQ(get("/icon.svg", etag).status, 304);
  EXPECT_EQ(get("/index.html", etag).status, 200);
}

TEST_F(StaticFilesTest, GiveTheApplicationForItsOwnPaths) {
  for (const char* path : {"/", "/join/a.b", "/settings", "/join/abc/more"}) {
    EXPECT_EQ(get(path).content_type, "text/html; charset=utf-8") << path;
  }
  EXPECT_EQ(get("/missing.js").status, 404);
  EXPECT_EQ(get("/assets/missing.js").status, 404);
}

TEST_F(StaticFilesTest, KnowNothingOutsideOfTheRoot) {
  for (const char* path : {"/../secret.txt",
                           "/link.txt",
                           "/assets/../../secret.txt",
                           "//secret.txt",
                           "",
                           "secret",
                           "a/b"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(StaticFilesTest, RefuseToChangeAnything) {
  HttpRequest request;
  request.path = "/index.html";
  request.method = HttpMethod::kPost;
  EXPECT_EQ(files_.serve(request).status, 405);
}

TEST(StaticFiles, SayWhatIsWrongWithTheRoot) {
  EXPECT_NE(StaticFiles::load("/nowhere").error().find("index.html"), std::string::npos);
  EXPECT_EQ(StaticFiles::load("")->size(), 0U);
}

TEST(StaticFilesOverHttp, ArriveWhole) {
  const WebRoot web;
  SignalingOptions options;
  options.web_root = web.root();
  const World world(options);
  EXPECT_EQ(world.http("GET", "/join/abc").body, "<!doctype html>");
  const HttpAnswer large = world.http("GET", "/large.wasm");
  EXPECT_EQ(large.body, std::string(1'000'000, 'w'));
  const HttpAnswer head = world.http("HEAD", "/large.wasm");
  EXPECT_EQ(head.headers.at("content-length"), "1000000");
  const HttpAnswer again =
      world.http("GET", "/large.wasm", {{"if-none-match", large.headers.at("etag")}});
  EXPECT_EQ(again.status, 304);
}

TEST(StaticFilesOverHttp, NeverLeaveTheRoot) {
  const WebRoot web;
  SignalingOptions options;
  options.web_root = web.root();
  const World world(options);
  for (const char* path : {"/../secret.txt",
                           "/%2e%2e/secret.txt",
                           "/assets/..%2f..%2fsecret.txt",
                           "/..%5csecret.txt",
                           "/%2e%2e%2fsecret.txt",
                           "//secret.txt",
                           "/secret.txt%00.html",
                           "/./../secret.txt"}) {
    const HttpAnswer answer = world.http("GET", path);
    EXPECT_EQ(answer.body.find("secret"), std::string::npos) << path;
  }
  EXPECT_EQ(world.http("GET", "/healthz").status, 200);
}

}  // namespace
}  // namespace parlance::signaling::test
