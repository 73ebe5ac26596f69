// What was acknowledged is there: after a failing disk, after kill -9.
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <future>
#include <map>
#include <mutex>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chat/adapters/sqlite/sqlite_store.h"
#include "chat/adapters/store_threads/start_chat_service.h"
#include "chat/adapters/store_threads/threaded_chat_service.h"
#include "tests/support/chat/faulty_store.h"
#include "tests/support/chat/fixtures.h"
#include "tests/support/chat/power_vfs.h"

namespace parlance::chat {
namespace {

using test::id_of;
using testing::HasSubstr;
using testing::SizeIs;

const auto kRoom = id_of<ConversationId>(10);

// What a sender was told: q by cmid.
using Acknowledged = std::map<MessageId, Number>;

// All messages of the room, as anyone finds them who opens the store now; checks that they are
// dense.
Acknowledged stored(const std::string& path, UserId asker) {
  Acknowledged found;
  auto service = start_chat_service({.url = "sqlite:" + path}, [](const auto&) {});
  if (!service) {
    ADD_FAILURE() << service.error();
    return found;
  }
  test::Asker ask(**service);
  bool more = true;
  Number last = 0;
  while (more) {
    const auto page = ask.history(asker, {.conversation = kRoom, .after_q = last, .limit = 200});
    if (!page) {
      ADD_FAILURE() << "the conversation is lost";
      return found;
    }
    for (const Message& message : page->messages) {
      EXPECT_EQ(message.q, ++last);
      found[message.id] = message.q;
    }
    more = page->has_more;
  }
  const auto view = ask.get_conversation(asker, kRoom).value();
  EXPECT_EQ(view.conversation.last_q, last);
  EXPECT_EQ(view.conversation.last_r, last + 1) << "one revision for the owner, one per message";
  return found;
}

void expect_contained(const Acknowledged& acknowledged, const Acknowledged& found) {
  for (const auto& [cmid, q] : acknowledged) {
    const auto at = found.find(cmid);
    ASSERT_NE(at, found.end()) << "acknowledged message " << q << " is lost";
    EXPECT_EQ(at->second, q);
  }
}

// A service on a store that a test can break.
class DurabilityTest : public testing::Test {
 protected:
  void start(std::unique_ptr<Store> store) {
    service_ = std::move(ThreadedChatService::start(std::move(store),
                                                    1,
                                                    published_.sink(),
                                                    [this](std::string line) {
                                                      const std::lock_guard lock(guard_);
                                                      reports_.push_back(std::move(line));
                                                    })
                             .value());
    ask_.emplace(*service_);
    ada_ = ask_->create_guest("Ada")->identity.user;
    ASSERT_TRUE(ask_->create_conversation(ada_, kRoom, "Tea"));
  }

  std::unique_ptr<Store> sqlite_store() {
    return std::move(
        open_sqlite_store({.path = folder_.file("parlance.db"), .vfs = vfs_.name()}).value());
  }

  std::vector<std::string> reports() {
    const std::lock_guard lock(guard_);
    return reports_;
  }

  // Sends while the disk is broken: nothing may be acknowledged or published; heals; sends again.
  void expect_recovery(const std::function<void(bool)>& break_disk) {
    ASSERT_TRUE(ask_->send(ada_, kRoom, id_of<MessageId>(50), "before"));
    break_disk(true);
    const std::size_t so_far = published_.all().size();
    for (std::uint64_t cmid = 51; cmid < 54; ++cmid) {
      const auto sent = ask_->send(ada_, kRoom, id_of<MessageId>(cmid), "text");
      ASSERT_FALSE(sent) << "acknowledged without being stored";
      EXPECT_EQ(sent.error(), ChatError::kUnavailable);
    }
    EXPECT_THAT(published_.all(), SizeIs(so_far));
    break_disk(false);
    Acknowledged acknowledged;
    for (std::uint64_t cmid = 50; cmid < 56; ++cmid) {
      const auto sent = ask_->send(ada_, kRoom, id_of<MessageId>(cmid), "text");
      ASSERT_TRUE(sent);
      acknowledged[sent->message.id] = sent->message.q;
    }
    service_->stop();
    service_.reset();
    EXPECT_EQ(stored(folder_.file("parlance.db"), ada_), acknowledged);
    ASSERT_THAT(reports(), SizeIs(2));
    EXPECT_THAT(reports()[0], HasSubstr("fails"));
    EXPECT_THAT(reports()[1], HasSubstr("works again"));
  }

  test::TemporaryFolder folder_;
  test::PowerVfs vfs_;
  test::Faults faults_;
  test::Published published_;
  std::mutex guard_;
  std::vector<std::string> reports_;
  std::unique_ptr<ChatService> service_;
  std::optional<test::Asker> ask_;
  UserId ada_;
};

TEST_F(DurabilityTest, AcknowledgesAndPublishesNothingWhileCommitsFail) {
  start(test::make_faulty_store(sqlite_store(), faults_));
  expect_recovery([this](bool broken) { faults_.commits = broken; });
}

TEST_F(DurabilityTest, RecoversFromAFullDisk) {
  start(sqlite_store());
  expect_recovery([this](bool broken) { vfs_.fail_writes(broken ? SQLITE_FULL : SQLITE_OK); });
}

TEST_F(DurabilityTest, RecoversFromADiskThatDoesNotWrite) {
  start(sqlite_store());
  expect_recovery(
      [this](bool broken) { vfs_.fail_writes(broken ? SQLITE_IOERR_WRITE : SQLITE_OK); });
}

TEST_F(DurabilityTest, RecoversFromADiskThatDoesNotSync) {
  start(sqlite_store());
  expect_recovery(
      [this](bool broken) { vfs_.fail_syncs(broken ? SQLITE_IOERR_FSYNC : SQLITE_OK); });
}

TEST_F(DurabilityTest, AnswersUnavailableWhereASnapshotEndsBadly) {
  start(test::make_faulty_store(sqlite_store(), faults_));
  faults_.reads = true;
  EXPECT_EQ(ask_->get_conversation(ada_, kRoom).error(), ChatError::kUnavailable);
  faults_.reads = false;
  EXPECT_TRUE(ask_->get_conversation(ada_, kRoom));
}

// Sends for ever with many messages in flight, and writes a line for each one acknowledged.
[[noreturn]] void run_child(const std::string& path, int out) {
  constexpr int kInFlight = 64;
  auto service = start_chat_service({.url = "sqlite:" + path}, [](const auto&) {});
  test::Asker ask(**service);
  const UserId ada = ask.create_guest("Ada")->identity.user;
  static_cast<void>(ask.create_conversation(ada, kRoom, "Tea"));
  dprintf(out, "%s\n", ada.str().c_str());
  test::InlineExecutor executor;
  std::atomic<std::uint64_t> next{1};
  std::function<void()> send = [&] {
    const auto cmid = id_of<MessageId>(next++);
    (*service)->send_message(ada, kRoom, cmid, "text", executor, [&](const auto& sent) {
      if (!sent) {
        _exit(2);
      }
      dprintf(out, "%s %ld\n", sent->message.id.str().c_str(), sent->message.q);
      send();
    });
  };
  for (int i = 0; i < kInFlight; ++i) {
    send();
  }
  std::promise<void>().get_future().wait();
  _exit(3);
}

// What the child wrote; empty at its end.
std::string next_line(int in) {
  std::string line;
  for (char next = 0; read(in, &next, 1) == 1 && next != '\n';) {
    line += next;
  }
  return line;
}

TEST(KillTest, LosesNoAcknowledgedMessage) {
  constexpr std::size_t kLinesBeforeTheKill = 500;
  const test::TemporaryFolder folder;
  const std::string path = folder.file("parlance.db");
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(ends[0]);
    run_child(path, ends[1]);
  }
  close(ends[1]);
  const auto ada = UserId::parse(next_line(ends[0]));
  ASSERT_TRUE(ada);
  Acknowledged acknowledged;
  for (std::string line; !(line = next_line(ends[0])).empty();) {
    std::string cmid;
    Number q = 0;
    std::istringstream(line) >> cmid >> q;
    acknowledged[MessageId::parse(cmid).value()] = q;
    if (acknowledged.size() == kLinesBeforeTheKill) {
      kill(child, SIGKILL);
    }
  }
  close(ends[0]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
  ASSERT_GE(acknowledged.size(), kLinesBeforeTheKill);
  expect_contained(acknowledged, stored(path, *ada));
}

}  // namespace
}  // namespace parlance::chat
