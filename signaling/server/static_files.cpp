#include "signaling/server/static_files.h"

#include <array>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "signaling/protocol/problem.h"
#include "signaling/server/content_hash.h"

namespace parlance::signaling {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".wasm", "application/wasm"},
    {".woff2", "font/woff2"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".webm", "video/webm"},
    {".xml", "application/xml"},
}};

std::string_view type_of(std::string_view extension) {
  for (const auto& [known, type] : kTypes) {
    if (known == extension) {
      return type;
    }
  }
  return "application/octet-stream";
}

std::string quoted(const std::string& text) {
  std::string quotation("\"");
  quotation += text;
  quotation += '"';
  return quotation;
}

// Vite puts a hash of the content into the names below assets/.
bool name_holds_hash(std::string_view path) {
  return path.starts_with("/assets/");
}

// A request line may hold no path at all: "GET ?a".
bool is_page_of_application(std::string_view path) {
  return path.starts_with('/') &&
         (path.starts_with("/join/") ||
          path.substr(path.rfind('/')).find('.') == std::string_view::npos);
}

bool lies_below(const fs::path& file, const fs::path& root) {
  std::error_code error;
  const fs::path real = fs::canonical(file, error);
  const fs::path relative = real.lexically_relative(root);
  return !error && !relative.empty() && *relative.begin() != "..";
}

}  // namespace

std::expected<StaticFiles, std::string> StaticFiles::load(const fs::path& root) {
  StaticFiles files;
  if (root.empty()) {
    return files;
  }
  std::error_code error;
  const fs::path real_root = fs::canonical(root, error);
  if (error || !fs::is_regular_file(real_root / "index.html", error)) {
    return std::unexpected("the web root " + root.string() +
                           " holds no index.html: build the web demo, or choose another folder.");
  }
  std::size_t bytes = 0;
  for (auto at = fs::recursive_directory_iterator(real_root, error);
       !error && at != fs::recursive_directory_iterator();
       at.increment(error)) {
    if (!at->is_regular_file() || !lies_below(at->path(), real_root)) {
      continue;
    }
    std::ifstream stream(at->path(), std::ios::binary);
    std::string content(std::istreambuf_iterator<char>(stream), {});
    bytes += content.size();
    if (!stream || bytes > kMaxBytes) {
      return std::unexpected("can't hold the web root " + root.string() +
                             " in memory: " + at->path().string() +
                             " is unreadable, or all of it is more than 64 MiB.");
    }
    std::string path("/");
    path += at->path().lexically_relative(real_root).generic_string();
    File file{nullptr,
              std::string(type_of(at->path().extension().string())),
              quoted(content_hash(content)),
              name_holds_hash(path)};
    file.content = std::make_shared<const std::string>(std::move(content));
    files.files_.emplace(path, std::move(file));
  }
  if (error) {
    return std::unexpected("can't read the web root " + root.string() + ": " + error.message() +
                           ".");
  }
  return files;
}

const StaticFiles::File* StaticFiles::find(std::string_view path) const {
  auto found = files_.find(path);
  if (found == files_.end() && is_page_of_application(path)) {
    found = files_.find("/index.html");
  }
  return found == files_.end() ? nullptr : &found->second;
}

HttpResponse StaticFiles::serve(const HttpRequest& request) const {
  if (request.method != HttpMethod::kGet && request.method != HttpMethod::kHead) {
    return {405, "", "", {{"allow", "GET, HEAD"}}};
  }
  const File* file = find(request.path);
  if (file == nullptr) {
    return {404,
            "application/problem+json",
            write_problem({ProblemCode::kNotFound, "There is no such page."}),
            {}};
  }
  HttpResponse response;
  response.headers = {
      {"etag", file->etag},
      {"cache-control", file->immutable ? "public, max-age=31536000, immutable" : "no-cache"}};
  if (request.if_none_match == file->etag) {
    response.status = 304;
    return response;
  }
  response.content_type = file->type;
  response.shared_body = file->content;
  return response;
}

std::vector<std::pair<std::string, std::string>> security_headers() {
  return {
      {"content-security-policy",
       "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' "
       "data: blob:; media-src 'self' blob: mediastream:; connect-src 'self'; worker-src 'self' "
       "blob:; "
       "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors "
       "'none'"},
      {"x-content-type-options", "nosniff"},
      {"referrer-policy", "no-referrer"},
      {"permissions-policy",
       "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), "
       "fullscreen=(self), "
       "picture-in-picture=(self), screen-wake-lock=(self), speaker-selection=(self), "
       "geolocation=(), "
       "payment=(), usb=()"},
      {"cross-origin-opener-policy", "same-origin"},
  };
}

}  // namespace parlance::signaling
