#include "bench/load/ice_checks.h"

#include <array>
#include <cstring>
#include <random>
#include <string_view>
#include <utility>

#include <stun/stunagent.h>
#include <stun/usages/ice.h>

namespace parlance::load {

namespace {

constexpr std::uint32_t kHostPriority = 0x7E00'00FF;  // RFC 8445, section 5.1.2.1
constexpr std::size_t kMaxMessage = 1280;

std::uint8_t* bytes_of(std::string& text) {
  return static_cast<std::uint8_t*>(static_cast<void*>(text.data()));
}

}  // namespace

IceCredentials new_ice_credentials() {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  const auto text = [&](std::size_t size) {
    std::string result;
    while (result.size() < size) {
      result += kAlphabet[random() % kAlphabet.size()];
    }
    return result;
  };
  return {text(8), text(24)};
}

struct IceChecks::State {
  StunAgent agent{};
  IceCredentials local;
  IceCredentials remote;
  std::string username;
  std::uint64_t tie = 0;
};

IceChecks::IceChecks(IceCredentials local, IceCredentials remote)
    : state_(std::make_unique<State>()) {
  state_->username = remote.username_fragment + ":" + local.username_fragment;
  state_->local = std::move(local);
  state_->remote = std::move(remote);
  state_->tie = std::hash<std::string>{}(state_->username);
  constexpr auto kUsage = static_cast<StunAgentUsageFlags>(STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS |
                                                           STUN_AGENT_USAGE_USE_FINGERPRINT |
                                                           STUN_AGENT_USAGE_NO_INDICATION_AUTH);
  stun_agent_init(&state_->agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389, kUsage);
}

IceChecks::~IceChecks() = default;

std::vector<std::uint8_t> IceChecks::request() {
  std::vector<std::uint8_t> buffer(kMaxMessage);
  StunMessage message{};
  const std::size_t size = stun_usage_ice_conncheck_create(&state_->agent,
                                                           &message,
                                                           buffer.data(),
                                                           buffer.size(),
                                                           bytes_of(state_->username),
                                                           state_->username.size(),
                                                           bytes_of(state_->remote.password),
                                                           state_->remote.password.size(),
                                                           true,
                                                           true,
                                                           kHostPriority,
                                                           state_->tie,
                                                           nullptr,
                                                           STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  buffer.resize(size);
  return buffer;
}

bool IceChecks::on_datagram(std::span<const std::uint8_t> datagram,
                            std::vector<std::uint8_t>& answer) {
  StunMessage message{};
  // A response is validated with the key of its request, a request of the server's with ours.
  const auto key_of = [](StunAgent*,
                         StunMessage*,
                         std::uint8_t*,
                         std::uint16_t,
                         std::uint8_t** password,
                         std::size_t* size,
                         void* user) -> bool {
    auto* const state = static_cast<State*>(user);
    *password = bytes_of(state->local.password);
    *size = state->local.password.size();
    return true;
  };
  const auto status = stun_agent_validate(
      &state_->agent, &message, datagram.data(), datagram.size(), key_of, state_.get());
  if (status != STUN_VALIDATION_SUCCESS) {
    return false;
  }
  if (stun_message_get_class(&message) != STUN_REQUEST) {
    return stun_message_get_class(&message) == STUN_RESPONSE;
  }
  answer.resize(kMaxMessage);
  StunMessage reply{};
  stun_agent_init_response(&state_->agent, &reply, answer.data(), answer.size(), &message);
  answer.resize(stun_agent_finish_message(
      &state_->agent, &reply, bytes_of(state_->local.password), state_->local.password.size()));
  return false;
}

}  // namespace parlance::load
