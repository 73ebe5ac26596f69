#include "signaling/protocol/schema_registry.h"

#include <algorithm>
#include <exception>
#include <map>
#include <regex>
#include <set>
#include <tuple>
#include <utility>

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "signaling/protocol/envelope.h"

namespace parlance::signaling {

namespace {

using Json = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

// std::regex recurses once for each character that an unbounded repetition takes, so that a text of
// a frame's length would use up the stack: the schemas do without.
bool is_bounded(std::string_view pattern) {
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '*' || c == '+' ||
               (c == ',' && i + 1 < pattern.size() && pattern[i + 1] == '}')) {
      return false;
    }
  }
  return true;
}

// "common.json#/$defs/Id" as seen from any file, "#/$defs/Id" within one: both as places in the
// merged document. Throws std::invalid_argument with the reason when the place isn't there.
std::string merged_reference(const Json& merged,
                             const std::string& file,
                             const std::string& reference) {
  const std::size_t hash = reference.find('#');
  if (hash == std::string::npos) {
    throw std::invalid_argument("reference " + reference + " has no '#'");
  }
  const std::string target = hash == 0 ? file : reference.substr(0, hash);
  const std::string pointer = "/files/" + target + reference.substr(hash + 1);
  if (!merged.contains(Json::json_pointer(pointer))) {
    throw std::invalid_argument("reference " + reference + " leads nowhere");
  }
  return "#" + pointer;
}

void check_pattern(const std::string& pattern) {
  if (!is_bounded(pattern)) {
    throw std::invalid_argument("pattern " + pattern + " repeats without bound");
  }
  static_cast<void>(std::regex(pattern));  // throws where it is none
}

// valijson 1.0 takes `propertyNames` of a referenced schema for that schema itself and refuses
// every name. Where all members are of one kind, `patternProperties` says the same.
void replace_property_names(Json& node) {
  const auto names = node.find("propertyNames");
  if (names == node.end() || !names->is_object()) {
    return;
  }
  if (names->size() != 1 || !names->contains("pattern") || node.contains("properties")) {
    throw std::invalid_argument(
        "propertyNames may hold a pattern only, and no properties beside it");
  }
  node["patternProperties"] = {
      {(*names)["pattern"].get<std::string>(), node.value("additionalProperties", Json::object())}};
  node["additionalProperties"] = false;
  node.erase("propertyNames");
}

// Makes every reference below `node` one into the merged document and checks every pattern.
void prepare(const Json& merged, const std::string& file, Json& node) {
  if (node.is_array()) {
    for (Json& child : node) {
      prepare(merged, file, child);
    }
  }
  if (!node.is_object()) {
    return;
  }
  replace_property_names(node);
  for (const auto& [key, child] : node.items()) {
    if (key == "$ref" && child.is_string()) {
      child = merged_reference(merged, file, child.get<std::string>());
    } else if (key == "pattern" && child.is_string()) {
      check_pattern(child.get<std::string>());
    } else if (key == "patternProperties" && child.is_object()) {
      for (const auto& property : child.items()) {
        check_pattern(property.key());
      }
    }
    prepare(merged, file, child);
  }
}

// valijson's path ("<root>", "[cursors]", "[0]") as a JSON Pointer.
std::string pointer_of(const std::vector<std::string>& context) {
  std::string pointer;
  for (std::size_t i = 1; i < context.size(); ++i) {
    std::string_view step = context[i];
    if (step.size() >= 2 && step.front() == '[' && step.back() == ']') {
      step = step.substr(1, step.size() - 2);
    }
    if (step.size() >= 2 && step.front() == '"' && step.back() == '"') {
      step = step.substr(1, step.size() - 2);
    }
    pointer += '/';
    for (const char c : step) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer += c;
      }
    }
  }
  return pointer;
}

// Keys that the client chose come back in these texts, but not at any length: the answer has to fit
// into a frame. A pointer that is cut names the place around, a detail ends before its limit.
void shorten(Violation& violation) {
  std::string& pointer = violation.pointer;
  if (pointer.size() > SchemaChecker::kMaxViolationText) {
    pointer.resize(pointer.rfind('/', SchemaChecker::kMaxViolationText));
  }
  std::string& detail = violation.detail;
  if (detail.size() > SchemaChecker::kMaxViolationText) {
    std::size_t end = SchemaChecker::kMaxViolationText;
    while (end > 0 && (static_cast<unsigned char>(detail[end]) & 0xC0U) == 0x80U) {
      --end;
    }
    detail.resize(end);
    detail += "...";
  }
}

// valijson reports a fault once where it is and once more for each schema around it.
bool repeats_an_inner_fault(const Violation& violation) {
  return violation.detail.starts_with("Failed to validate");
}

std::vector<Violation> most_telling(valijson::ValidationResults& results) {
  // Faults of their own before repetitions, deep places first, and else in the order found.
  std::map<std::tuple<bool, std::ptrdiff_t, std::size_t>, Violation> ranked;
  std::set<std::pair<std::string, std::string>> seen;
  for (const valijson::ValidationResults::Error& error : results) {
    Violation violation{pointer_of(error.context), error.description};
    if (seen.emplace(violation.pointer, violation.detail).second) {
      const std::ptrdiff_t depth = std::ranges::count(violation.pointer, '/');
      ranked.emplace(std::tuple(repeats_an_inner_fault(violation), -depth, ranked.size()),
                     std::move(violation));
    }
  }
  std::vector<Violation> telling;
  for (auto& [rank, violation] : ranked) {
    const bool adds_nothing = std::get<0>(rank) && !telling.empty();
    if (adds_nothing || telling.size() == SchemaChecker::kMaxViolations) {
      break;
    }
    shorten(violation);
    telling.push_back(std::move(violation));
  }
  return telling;
}

}  // namespace

struct SchemaRegistry::Compiled {
  std::map<std::string, valijson::Schema, std::less<>> schemas;

  void add_file(const std::string& file, Json& merged);
};

void SchemaRegistry::Compiled::add_file(const std::string& file, Json& merged) {
  const std::string folder = "#/files/" + file + "/$defs/";
  for (const auto& definition : merged["files"][file]["$defs"].items()) {
    const std::string& name = definition.key();
    if (schemas.contains(name)) {
      throw std::invalid_argument("the name " + name + " is used twice");
    }
    merged["$ref"] = std::string(folder).append(name);
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(Adapter(merged), schemas[name]);
  }
}

SchemaRegistry::SchemaRegistry(std::unique_ptr<Compiled> compiled)
    : compiled_(std::move(compiled)) {}

SchemaRegistry::SchemaRegistry(SchemaRegistry&&) noexcept = default;
SchemaRegistry& SchemaRegistry::operator=(SchemaRegistry&&) noexcept = default;
SchemaRegistry::~SchemaRegistry() = default;

std::expected<SchemaRegistry, std::string> SchemaRegistry::load(std::span<const SchemaFile> files) {
  Json merged = {{"files", Json::object()}};
  for (const SchemaFile& file : files) {
    std::optional<Json> parsed = parse_json(file.text);
    if (!parsed || !parsed->is_object() || !parsed->contains("$defs")) {
      return std::unexpected(std::string(file.name) + ": not a JSON object with $defs");
    }
    merged["files"][std::string(file.name)]["$defs"] = std::move((*parsed)["$defs"]);
  }
  auto compiled = std::make_unique<Compiled>();
  for (const SchemaFile& file : files) {
    const std::string name(file.name);
    // The library reports what it can't read by exceptions; they end here.
    try {
      prepare(merged, name, merged["files"][name]);
    } catch (const std::exception& error) {
      return std::unexpected(name + ": " + error.what());
    }
  }
  for (const SchemaFile& file : files) {
    const std::string name(file.name);
    try {
      compiled->add_file(name, merged);
    } catch (const std::exception& error) {
      return std::unexpected(name + ": " + error.what());
    }
  }
  return SchemaRegistry(std::move(compiled));
}

bool SchemaRegistry::has(std::string_view name) const {
  return compiled_->schemas.find(name) != compiled_->schemas.end();
}

std::vector<std::string> SchemaRegistry::names() const {
  std::vector<std::string> all;
  for (const auto& [name, schema] : compiled_->schemas) {
    all.push_back(name);
  }
  return all;
}

struct SchemaChecker::State {
  const SchemaRegistry::Compiled& compiled;
  valijson::Validator validator;  // keeps compiled patterns: one per thread
};

SchemaChecker::SchemaChecker(const SchemaRegistry& registry)
    : state_(new State{*registry.compiled_, valijson::Validator()}) {}

SchemaChecker::SchemaChecker(SchemaChecker&&) noexcept = default;
SchemaChecker::~SchemaChecker() = default;

std::vector<Violation> SchemaChecker::check(std::string_view name, const Json& value) {
  const auto found = state_->compiled.schemas.find(name);
  if (found == state_->compiled.schemas.end()) {
    return {{"", "There is no schema " + std::string(name) + "."}};
  }
  try {
    // The good case first: collecting results costs more than checking.
    if (state_->validator.validate(found->second, Adapter(value), nullptr)) {
      return {};
    }
    valijson::ValidationResults results;
    state_->validator.validate(found->second, Adapter(value), &results);
    return most_telling(results);
  } catch (const std::exception& error) {
    return {{"", error.what()}};
  }
}

}  // namespace parlance::signaling
