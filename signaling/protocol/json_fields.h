// Reads the members of a JSON object that came from the network; after one bad member nothing
// counts.
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>

#include <nlohmann/json.hpp>

namespace parlance::signaling {

// Never throws. A member that is absent leaves its target alone unless it is required; one of
// another type or out of the target's range makes ok() false for good.
class JsonFields {
 public:
  explicit JsonFields(const nlohmann::json& value) : value_(value), ok_(value.is_object()) {}

  bool ok() const { return ok_; }

  void fail() { ok_ = false; }

  // Nothing when it is absent.
  const nlohmann::json* find(const char* name) const {
    if (!ok_) {
      return nullptr;
    }
    const auto at = value_.find(name);
    return at == value_.end() ? nullptr : &*at;
  }

  template <typename T>
  void optional(const char* name, T& target) {
    if (const nlohmann::json* member = find(name)) {
      ok_ = read(*member, target);
    }
  }

  template <typename T>
  void required(const char* name, T& target) {
    const nlohmann::json* member = find(name);
    ok_ = member != nullptr && read(*member, target);
  }

  // An array whose elements `parse` turns into a T, or into nothing. Absent is empty.
  template <typename Container, typename Parse>
  void array(const char* name, Container& target, Parse parse) {
    const nlohmann::json* member = find(name);
    if (member == nullptr) {
      return;
    }
    ok_ = member->is_array();
    for (auto at = member->begin(); ok_ && at != member->end(); ++at) {
      auto element = parse(*at);
      ok_ = element.has_value();
      if (ok_) {
        target.push_back(std::move(*element));
      }
    }
  }

 private:
  static bool read(const nlohmann::json& member, std::string& target) {
    if (!member.is_string()) {
      return false;
    }
    target = member.get_ref<const std::string&>();
    return true;
  }

  static bool read(const nlohmann::json& member, bool& target) {
    if (!member.is_boolean()) {
      return false;
    }
    target = member.get<bool>();
    return true;
  }

  static bool read(const nlohmann::json& member, double& target) {
    if (!member.is_number()) {
      return false;
    }
    target = member.get<double>();
    return std::isfinite(target);
  }

  // JavaScript has one kind of number: 90000.0 is as good as 90000.
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  static bool read(const nlohmann::json& member, T& target) {
    double number = 0;
    if (!read(member, number) || number < 0 ||
        number > static_cast<double>(std::numeric_limits<T>::max())) {
      return false;
    }
    target = static_cast<T>(number);
    return true;
  }

  template <typename T>
  static bool read(const nlohmann::json& member, std::optional<T>& target) {
    T value{};
    if (!read(member, value)) {
      return false;
    }
    target = std::move(value);
    return true;
  }

  const nlohmann::json& value_;
  bool ok_;
};

}  // namespace parlance::signaling
