// The web demo's files, held in memory: what is not in the list made at start can't be asked for.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "signaling/server/http_types.h"

namespace parlance::signaling {

class StaticFiles {
 public:
  // What may lie below the web root in all; far more than a web demo needs.
  static constexpr std::size_t kMaxBytes = 64ULL * 1024 * 1024;

  // Reads every regular file below `root`; links that lead out of it are left out. The error says
  // what to change. An empty root serves nothing.
  static std::expected<StaticFiles, std::string> load(const std::filesystem::path& root);

  // The answer to GET or HEAD of a path. Paths of the single page application (no dot in the last
  // part, /join/...) give index.html.
  HttpResponse serve(const HttpRequest& request) const;

  std::size_t size() const { return files_.size(); }

 private:
  struct File {
    std::shared_ptr<const std::string> content;  // shared with answers on their way
    std::string type;
    std::string etag;
    bool immutable = false;
  };

  const File* find(std::string_view path) const;

  std::map<std::string, File, std::less<>> files_;  // by path, "/assets/index-4f2a.js"
};

// Headers that every answer carries: what pages of this server may do.
std::vector<std::pair<std::string, std::string>> security_headers();

}  // namespace parlance::signaling
