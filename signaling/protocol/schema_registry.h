// The JSON Schemas of docs/protocol/, compiled once, and values checked against them.
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "signaling/protocol/problem.h"

namespace parlance::signaling {

// One file of docs/protocol/ as built into the binary.
struct SchemaFile {
  std::string_view name;  // "message.json"
  std::string_view text;
};

// All files of docs/protocol/ at build time.
std::span<const SchemaFile> embedded_schemas();

// Immutable once loaded, so that threads share it; each thread checks with a SchemaChecker of its
// own.
class SchemaRegistry {
 public:
  // The error names the file and what is wrong with it: a broken reference, a name used twice, a
  // pattern that a long text could drive into deep recursion.
  static std::expected<SchemaRegistry, std::string> load(std::span<const SchemaFile> files);

  SchemaRegistry(SchemaRegistry&&) noexcept;
  SchemaRegistry& operator=(SchemaRegistry&&) noexcept;
  ~SchemaRegistry();

  // Of a definition, "message.send.request" for instance.
  bool has(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  friend class SchemaChecker;
  struct Compiled;
  explicit SchemaRegistry(std::unique_ptr<Compiled> compiled);

  std::unique_ptr<Compiled> compiled_;
};

// Checks values on one thread. The registry has to outlive it.
class SchemaChecker {
 public:
  explicit SchemaChecker(const SchemaRegistry& registry);
  SchemaChecker(SchemaChecker&&) noexcept;
  ~SchemaChecker();

  // Empty when the value is what the definition says. At most kMaxViolations, the deepest places
  // first.
  std::vector<Violation> check(std::string_view name, const nlohmann::json& value);

  static constexpr std::size_t kMaxViolations = 8;
  static constexpr std::size_t kMaxViolationText = 512;  // bytes of a pointer or a detail

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parlance::signaling
