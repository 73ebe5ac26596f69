// Starts the messenger on the store that the configuration names.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "chat/service/chat_service.h"

namespace parlance::chat {

// What the operator may choose about the store.
struct StoreOptions {
  std::string url;          // "sqlite:data/parlance.db", "postgres://..." or "memory:"
  std::size_t readers = 2;  // threads for reading, each with its own connection; 1 to kMaxReaders
  // Told, on a store thread, when the store begins to fail and when it works again: one line for
  // the log.
  std::function<void(std::string)> report = [](const std::string&) {
  };
};

inline constexpr std::size_t kMaxReaders = 16;

// Opens the store, brings its schema up to date, starts the store threads. The error is a text for
// the operator: what is wrong and what to change.
std::expected<std::unique_ptr<ChatService>, std::string> start_chat_service(StoreOptions options,
                                                                            EventSink sink);

}  // namespace parlance::chat
