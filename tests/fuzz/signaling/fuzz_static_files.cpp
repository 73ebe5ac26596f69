// Paths and tags of requests, a line each, to the files of a web root: the answer is a page of it,
// or none.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/check.h"
#include "signaling/server/static_files.h"

namespace {

using parlance::signaling::HttpRequest;
using parlance::signaling::HttpResponse;
using parlance::signaling::StaticFiles;

constexpr std::string_view kPage = "<!doctype html>";
constexpr std::string_view kScript = "let a;";

StaticFiles load_files() {
  std::string folder = std::filesystem::temp_directory_path() / "fuzz-static-XXXXXX";
  CHECK(mkdtemp(folder.data()) != nullptr);
  const std::filesystem::path root = std::filesystem::path(folder) / "web";
  std::filesystem::create_directories(root / "assets");
  std::ofstream(root / "index.html") << kPage;
  std::ofstream(root / "assets" / "app-1a2b.js") << kScript;
  std::ofstream(root.parent_path() / "secret.txt") << "secret";
  auto files = StaticFiles::load(root);
  std::filesystem::remove_all(folder);
  CHECK(files.has_value());
  return std::move(*files);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const StaticFiles files = load_files();
  const std::string text(data, data + size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  HttpRequest request;
  request.path = text.substr(0, end);
  request.if_none_match = text.substr(std::min(end + 1, text.size()));
  const HttpResponse response = files.serve(request);
  if (response.status == 200) {
    CHECK(request.path.starts_with('/'));
    CHECK(*response.shared_body == kPage || *response.shared_body == kScript);
  } else {
    CHECK(response.status == 404 || response.status == 304);
    CHECK(response.shared_body == nullptr);
  }
  return 0;
}
