// What was acknowledged is there when the power is back, at whatever moment it failed and whatever
// of the writes that were not synced reached the disk.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <expected>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "chat/adapters/sqlite/sqlite_store.h"
#include "chat/adapters/store_threads/threaded_chat_service.h"
#include "tests/support/chat/fixtures.h"
#include "tests/support/chat/power_vfs.h"

namespace parlance::chat {
namespace {

using test::id_of;
using test::Pretended;
using testing::IsEmpty;

constexpr std::uint64_t kRooms = 3;
constexpr std::uint64_t kMessagesPerLife = 240;
constexpr std::uint64_t kInFlight = 6;
constexpr std::uint64_t kChangesPerCut =
    250;  // writes and syncs from one look at the disk to the next

ConversationId room_of(std::uint64_t message) {
  return id_of<ConversationId>(10 + message % kRooms);
}

// Messages of a few hundred bytes to several pages, so that the log wraps and its pages go to the
// database.
std::string body_of(std::uint64_t message) {
  constexpr std::uint64_t kSizes = 7;
  return std::to_string(message) + std::string(100 + message % kSizes * 2'000, 'x');
}

// Who may ask, and the number and text by message that they were told of.
struct Acknowledged {
  UserId asker = {};
  std::map<std::uint64_t, Number> messages = {};
};

// The power failed: what the disk has, and what was acknowledged before.
struct Cut {
  test::DiskImage disk;
  Acknowledged acknowledged;
};

using Complaints = std::vector<std::string>;

// The error is a text.
std::expected<std::unique_ptr<ChatService>, std::string> open_service(const std::string& path,
                                                                      const test::PowerVfs& vfs) {
  auto store = open_sqlite_store({.path = path, .vfs = vfs.name()});
  if (!store) {
    return std::unexpected(store.error());
  }
  return ThreadedChatService::start(
      std::move(*store), 1, [](const auto&) {}, [](const std::string&) {});
}

void check_integrity(const std::string& path, const test::PowerVfs& vfs, Complaints& complaints) {
  sqlite3* database = nullptr;
  sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, vfs.name().c_str());
  const auto note = [](void* to, int, char** columns, char**) {
    if (const std::string word = columns[0]; word != "ok") {
      static_cast<Complaints*>(to)->push_back("integrity: " + word);
    }
    return 0;
  };
  if (sqlite3_exec(database, "PRAGMA integrity_check", note, &complaints, nullptr) != SQLITE_OK) {
    complaints.emplace_back(sqlite3_errmsg(database));
  }
  sqlite3_close(database);
}

// All messages of a room by their ids; complains where they are not dense.
std::map<MessageId, Message> read_room(test::Asker& ask,
                                       UserId asker,
                                       ConversationId room,
                                       Complaints& complaints) {
  std::map<MessageId, Message> found;
  Number last = 0;
  for (bool more = true; more;) {
    const auto page = ask.history(asker, {.conversation = room, .after_q = last, .limit = 200});
    if (!page) {
      complaints.emplace_back("a conversation is lost");
      return found;
    }
    for (const Message& message : page->messages) {
      if (message.q != ++last) {
        complaints.push_back("message " + std::to_string(message.q) + " instead of " +
                             std::to_string(last));
        return found;
      }
      found.emplace(message.id, message);
    }
    more = page->has_more;
  }
  const auto view = ask.get_conversation(asker, room);
  if (!view || view->conversation.last_q != last || view->conversation.last_r != last + 1) {
    complaints.emplace_back("a head that is not its last message's");
  }
  return found;
}

// What is wrong with the store in the folder, for one who was told that.
Complaints check_store(const std::string& path, const Acknowledged& acknowledged) {
  Complaints complaints;
  const test::PowerVfs vfs;  // which spares the machine's disk
  auto service = open_service(path, vfs);
  if (!service) {
    return {service.error()};
  }
  check_integrity(path, vfs, complaints);
  test::Asker ask(**service);
  std::map<ConversationId, std::map<MessageId, Message>> rooms;
  for (const auto& [message, q] : acknowledged.messages) {
    const auto [room, fresh] = rooms.try_emplace(room_of(message));
    if (fresh) {
      room->second = read_room(ask, acknowledged.asker, room->first, complaints);
    }
    const auto found = room->second.find(id_of<MessageId>(1'000 + message));
    if (found == room->second.end()) {
      complaints.push_back("acknowledged message " + std::to_string(message) + " is lost");
    } else if (found->second.q != q || found->second.body != body_of(message)) {
      complaints.push_back("acknowledged message " + std::to_string(message) + " is another one");
    }
  }
  return complaints;
}

Complaints check_cut(const Cut& cut) {
  const test::TemporaryFolder after;
  test::restore(cut.disk, after.path().string());
  return check_store(after.file("parlance.db"), cut.acknowledged);
}

// A messenger on a disk whose power fails now and then, as a seed decides.
class Life {
 public:
  Life(const std::string& path, std::uint64_t seed, Pretended syncs, Acknowledged acknowledged)
      : acknowledged_(std::move(acknowledged)), random_(seed) {
    vfs_.pretend(syncs);
    vfs_.before_change([this] { maybe_cut(); });
    auto store = open_sqlite_store({.path = path, .vfs = vfs_.name()});
    service_ =
        std::move(ThreadedChatService::start(
                      std::move(store.value()), 1, [](const auto&) {}, [](const std::string&) {})
                      .value());
  }

  // Writes its share, several at a time; every moment at which the power could have failed.
  std::vector<Cut> run() {
    test::Asker ask(*service_);
    if (acknowledged_.messages.empty()) {
      const UserId asker = ask.create_guest("Ada")->identity.user;
      for (std::uint64_t room = 0; room < kRooms; ++room) {
        EXPECT_TRUE(ask.create_conversation(asker, room_of(room), "Tea"));
      }
      const std::lock_guard lock(guard_);
      acknowledged_.asker = asker;
    }
    next_ = acknowledged_.messages.size();
    end_ = next_ + kMessagesPerLife;
    std::latch done(kMessagesPerLife);
    for (std::uint64_t i = 0; i < kInFlight; ++i) {
      send_next(done);
    }
    done.wait();
    service_->stop();
    service_.reset();
    cut();
    return std::move(cuts_);
  }

 private:
  // Afterwards from the writer's thread.
  void send_next(std::latch& done) {
    const std::uint64_t message = next_++;
    if (message >= end_) {
      return;
    }
    service_->send_message(acknowledged_.asker,
                           room_of(message),
                           id_of<MessageId>(1'000 + message),
                           body_of(message),
                           executor_,
                           [this, message, &done](const auto& sent) {
                             EXPECT_TRUE(sent);
                             {
                               const std::lock_guard lock(guard_);
                               acknowledged_.messages[message] = sent->message.q;
                             }
                             send_next(done);
                             done.count_down();
                           });
  }

  void maybe_cut() {
    const std::unique_lock lock(guard_);
    if (random_() % kChangesPerCut == 0) {
      cuts_.push_back({.disk = vfs_.image(random_()), .acknowledged = acknowledged_});
    }
  }

  void cut() {
    const std::lock_guard lock(guard_);
    cuts_.push_back({.disk = vfs_.image(random_()), .acknowledged = acknowledged_});
  }

  test::PowerVfs vfs_;
  test::InlineExecutor executor_;
  std::mutex guard_;  // the store's threads and the test's change the disk
  Acknowledged acknowledged_;
  std::mt19937_64 random_;
  std::vector<Cut> cuts_;
  std::atomic<std::uint64_t> next_{0};
  std::uint64_t end_ = 0;
  std::unique_ptr<ChatService> service_;
};

// Two lives, the second on what the last power failure left of the first; the complaints about any
// of the cuts.
Complaints strike(std::uint64_t seed, Pretended syncs, std::size_t& looked_at) {
  Complaints complaints;
  Cut last = {};
  for (std::uint64_t life = 0; life < 2; ++life) {
    const test::TemporaryFolder folder;
    test::restore(last.disk, folder.path().string());
    auto cuts = Life(folder.file("parlance.db"), 2 * seed + life, syncs, last.acknowledged).run();
    for (const Cut& cut : cuts) {
      ++looked_at;
      const std::string when = "seed " + std::to_string(seed) + ", life " + std::to_string(life) +
                               ", after " + std::to_string(cut.acknowledged.messages.size()) +
                               " acknowledgements: ";
      for (const std::string& complaint : check_cut(cut)) {
        complaints.push_back(when + complaint);
      }
    }
    if (!complaints.empty()) {
      constexpr std::size_t kTold = 8;
      complaints.resize(std::min(complaints.size(), kTold));
      break;
    }
    last = std::move(cuts.back());
  }
  return complaints;
}

TEST(PowerLossTest, LeavesEveryAcknowledgedMessageAndAnIntactStore) {
  constexpr std::uint64_t kSeeds = 8;
  std::size_t looked_at = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    EXPECT_THAT(strike(seed, Pretended::kNone, looked_at), IsEmpty());
  }
  EXPECT_GT(looked_at, 4 * kSeeds);
  RecordProperty("moments", static_cast<int>(looked_at));
}

// The same with stores that would lose something: were a commit not synced, this would say so.
Complaints strike_until_found(Pretended syncs) {
  constexpr std::uint64_t kSeeds = 10;
  Complaints complaints;
  std::size_t looked_at = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds && complaints.empty(); ++seed) {
    complaints = strike(seed, syncs, looked_at);
  }
  return complaints;
}

TEST(PowerLossTest, IsNoticedWhereTheLogIsNotSynced) {
  EXPECT_THAT(strike_until_found(Pretended::kOfLog),
              testing::Contains(testing::HasSubstr("is lost")));
}

TEST(PowerLossTest, IsNoticedWhereNothingIsSynced) {
  EXPECT_THAT(strike_until_found(Pretended::kAll), testing::Not(IsEmpty()));
}

}  // namespace
}  // namespace parlance::chat
