#include "sfu/ice/stun_message.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include <netinet/in.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#include "base/byte_reader.h"

namespace parlance::sfu::stun {

namespace {

constexpr std::uint16_t kBindingRequest = 0x0001;    // RFC 8489 5: class request, method binding
constexpr std::uint16_t kUsername = 0x0006;          // RFC 8489 14.3
constexpr std::size_t kMessageIntegritySize = 20;    // RFC 8489 14.5
constexpr std::uint16_t kNominationChrome = 0xC001;  // draft-thatcher-ice-renomination
constexpr std::uint16_t kNominationAssigned =
    0x0030;  // IANA: Nomination (RFC 9725 era), same contents

// What may stand in a check and has to be understood (below 0x8000): RFC 8445 7.1, RFC 8489 14, and
// the nomination attribute in its comprehension-required form. libnice keeps the pointer.
constexpr std::array<std::uint16_t, 6> kKnownAttributes = {
    STUN_ATTRIBUTE_USERNAME,
    STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
    STUN_ATTRIBUTE_PRIORITY,
    STUN_ATTRIBUTE_USE_CANDIDATE,
    kNominationAssigned,
    0,
};

std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

std::optional<std::string_view> ufrag_of_username(std::span<const std::uint8_t> username) {
  // RFC 8445 7.2.2: the receiver's ufrag, a colon, the sender's ufrag.
  const std::string_view text = as_text(username);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return std::nullopt;
  }
  return text.substr(0, colon);
}

std::size_t padded(std::size_t length) {
  return (length + 3U) & ~std::size_t{3U};
}

socklen_t write_sockaddr(const SocketAddress& address, sockaddr_storage& storage) {
  if (address.is_v6()) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port());
    std::memcpy(&v6.sin6_addr, address.ip().data(), sizeof v6.sin6_addr);
    std::memcpy(&storage, &v6, sizeof v6);
    return sizeof v6;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(address.port());
  std::memcpy(&v4.sin_addr, address.ip().data(), sizeof v4.sin_addr);
  std::memcpy(&storage, &v4, sizeof v4);
  return sizeof v4;
}

// Called by libnice when a request has USERNAME and MESSAGE-INTEGRITY: gives it the password.
// NOLINTNEXTLINE(readability-function-size): the parameters are libnice's
bool find_password(StunAgent* /*agent*/,
                   StunMessage* message,
                   std::uint8_t* username,
                   std::uint16_t username_length,
                   std::uint8_t** password,
                   std::size_t* password_length,
                   void* lookup) {
  // libnice compares 20 bytes whatever length the attribute claims.
  std::uint16_t integrity_length = 0;
  if (stun_message_find(message, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, &integrity_length) == nullptr ||
      integrity_length != kMessageIntegritySize) {
    return false;
  }
  const auto ufrag = ufrag_of_username(std::span(username, username_length));
  if (!ufrag) {
    return false;
  }
  const std::string_view found = static_cast<const PasswordLookup*>(lookup)->password_of(*ufrag);
  if (found.empty()) {
    return false;
  }
  // The interface of libnice isn't const correct; it only reads the key.
  *password = static_cast<std::uint8_t*>(const_cast<void*>(static_cast<const void*>(found.data())));
  *password_length = found.size();
  return true;
}

std::optional<std::uint32_t> nomination_of(const StunMessage& message) {
  for (const std::uint16_t type : {kNominationChrome, kNominationAssigned}) {
    std::uint32_t value = 0;
    if (stun_message_find32(&message, static_cast<StunAttribute>(type), &value) ==
        STUN_MESSAGE_RETURN_SUCCESS) {
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace

bool looks_like_stun(std::span<const std::uint8_t> datagram) {
  // RFC 8489 5: two zero bits, a length that counts everything after the header, the cookie.
  ByteReader reader(datagram);
  const std::uint16_t type = reader.u16();
  const std::uint16_t length = reader.u16();
  const std::uint32_t cookie = reader.u32();
  reader.skip(kHeaderSize - 8);
  return reader.ok() && type < 0x4000 && cookie == kMagicCookie && length % 4 == 0 &&
         reader.remaining() == length;
}

std::optional<std::string_view> local_ufrag(std::span<const std::uint8_t> datagram) {
  if (!looks_like_stun(datagram)) {
    return std::nullopt;
  }
  ByteReader reader(datagram);
  if (reader.u16() != kBindingRequest) {
    return std::nullopt;
  }
  reader.skip(kHeaderSize - 2);
  while (reader.remaining() > 0) {
    const std::uint16_t type = reader.u16();
    const std::uint16_t length = reader.u16();
    const auto value = reader.bytes(length);
    if (!reader.ok()) {
      return std::nullopt;
    }
    if (type == kUsername) {
      return ufrag_of_username(value);
    }
    reader.skip(padded(length) - length);
  }
  return std::nullopt;
}

struct RequestValidator::State {
  StunAgent agent{};
  StunMessage request{};
  std::array<std::uint8_t, kMaxRequestSize> received{};
  std::array<std::uint8_t, kMaxResponseSize> answer{};
  std::size_t answer_size = 0;

  std::span<const std::uint8_t> written() const { return std::span(answer).first(answer_size); }

  std::unexpected<StunError> refuse(StunError error, ::StunError code) {
    StunMessage message{};
    answer_size =
        stun_agent_init_error(&agent, &message, answer.data(), answer.size(), &request, code)
            ? stun_agent_finish_message(&agent, &message, nullptr, 0)
            : 0;
    return std::unexpected(error);
  }

  std::unexpected<StunError> refuse_unknown_attributes() {
    StunMessage message{};
    answer_size = stun_agent_build_unknown_attributes_error(
        &agent, &message, answer.data(), answer.size(), &request);
    return std::unexpected(StunError::kUnknownAttribute);
  }
};

RequestValidator::RequestValidator() : state_(std::make_unique<State>()) {
  // NO_INDICATION_AUTH: indications are dropped below without being looked at.
  constexpr auto kFlags = static_cast<StunAgentUsageFlags>(STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS |
                                                           STUN_AGENT_USAGE_USE_FINGERPRINT |
                                                           STUN_AGENT_USAGE_NO_INDICATION_AUTH);
  stun_agent_init(&state_->agent, kKnownAttributes.data(), STUN_COMPATIBILITY_RFC5389, kFlags);
}

RequestValidator::~RequestValidator() = default;

std::expected<BindingRequest, StunError> RequestValidator::validate(
    std::span<const std::uint8_t> datagram, const PasswordLookup& passwords) {
  State& state = *state_;
  state.answer_size = 0;
  if (datagram.size() > state.received.size() || !looks_like_stun(datagram)) {
    return std::unexpected(StunError::kMalformed);
  }
  if (ByteReader(datagram).u16() != kBindingRequest) {
    return std::unexpected(StunError::kNotARequest);
  }
  std::ranges::copy(datagram, state.received.begin());
  // The lookup comes back const in find_password().
  void* const lookup = const_cast<void*>(static_cast<const void*>(&passwords));
  switch (stun_agent_validate(&state.agent,
                              &state.request,
                              state.received.data(),
                              datagram.size(),
                              find_password,
                              lookup)) {
    case STUN_VALIDATION_SUCCESS:
      break;
    case STUN_VALIDATION_BAD_REQUEST:
    case STUN_VALIDATION_UNAUTHORIZED_BAD_REQUEST:
      return state.refuse(StunError::kBadRequest, STUN_ERROR_BAD_REQUEST);
    case STUN_VALIDATION_UNAUTHORIZED:
    case STUN_VALIDATION_FORBIDDEN:
      return state.refuse(StunError::kUnauthorized, STUN_ERROR_UNAUTHORIZED);
    case STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE:
    case STUN_VALIDATION_UNKNOWN_ATTRIBUTE:
      return state.refuse_unknown_attributes();
    case STUN_VALIDATION_NOT_STUN:
    case STUN_VALIDATION_INCOMPLETE_STUN:
    case STUN_VALIDATION_UNMATCHED_RESPONSE:
      return std::unexpected(StunError::kMalformed);
  }
  BindingRequest request;
  if (stun_message_find32(&state.request, STUN_ATTRIBUTE_PRIORITY, &request.priority) !=
      STUN_MESSAGE_RETURN_SUCCESS) {
    return state.refuse(StunError::kBadRequest, STUN_ERROR_BAD_REQUEST);
  }
  request.use_candidate = stun_usage_ice_conncheck_use_candidate(&state.request);
  request.claims_controlled =
      stun_message_has_attribute(&state.request, STUN_ATTRIBUTE_ICE_CONTROLLED);
  request.nomination = nomination_of(state.request);
  return request;
}

std::span<const std::uint8_t> RequestValidator::accept(const SocketAddress& remote) {
  State& state = *state_;
  StunMessage message{};
  sockaddr_storage source{};
  const socklen_t source_size = write_sockaddr(remote, source);
  bool controlling = false;
  state.answer_size = state.answer.size();
  // With the highest tie-breaker libnice answers a role conflict like any check and reports it;
  // what to do about claims_controlled is the caller's business.
  const auto result =
      stun_usage_ice_conncheck_create_reply(&state.agent,
                                            &state.request,
                                            &message,
                                            state.answer.data(),
                                            &state.answer_size,
                                            &source,
                                            source_size,
                                            &controlling,
                                            std::numeric_limits<std::uint64_t>::max(),
                                            STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  if (result != STUN_USAGE_ICE_RETURN_SUCCESS && result != STUN_USAGE_ICE_RETURN_ROLE_CONFLICT) {
    state.answer_size = 0;
  }
  return state.written();
}

std::span<const std::uint8_t> RequestValidator::reject(StunErrorCode code) {
  State& state = *state_;
  StunMessage message{};
  state.answer_size = 0;
  if (stun_agent_init_error(&state.agent,
                            &message,
                            state.answer.data(),
                            state.answer.size(),
                            &state.request,
                            static_cast<::StunError>(code))) {
    // With the key that the request was validated with.
    state.answer_size =
        stun_agent_finish_message(&state.agent, &message, state.request.key, state.request.key_len);
  }
  return state.written();
}

std::span<const std::uint8_t> RequestValidator::response() const {
  return state_->written();
}

}  // namespace parlance::sfu::stun
