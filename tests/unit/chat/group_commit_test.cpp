#include "chat/service/group_commit.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "tests/support/chat/faulty_store.h"
#include "tests/unit/chat/service_fixture.h"

namespace parlance::chat {
namespace {

using test::id_of;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// How a request ended: nothing yet, committed, or not.
enum class End : std::uint8_t { kNone, kCommitted, kRefused, kUnavailable };

class Probe final : public WriteRequest {
 public:
  Probe(std::function<void(Commands&)> work, End& end) : work_(std::move(work)), end_(end) {}

  void announce(Footprint& footprint) const override {
    chat::announce(SendMessage{.sender = id_of<UserId>(1),
                               .conversation = id_of<ConversationId>(10),
                               .cmid = {},
                               .body = {}},
                   footprint);
    footprint.renamed.push_back(id_of<UserId>(2));
  }

  void attempt(Commands& commands) override { work_(commands); }

  void finish(std::optional<StoreError> error) override {
    EXPECT_EQ(end_, End::kNone) << "answered twice";
    end_ = !error                           ? End::kCommitted
           : *error == StoreError::kRefused ? End::kRefused
                                            : End::kUnavailable;
  }

 private:
  std::function<void(Commands&)> work_;
  End& end_;
};

class GroupCommitTest : public test::ServiceTest {
 protected:
  void SetUp() override {
    store_ = test::make_faulty_store(make_memory_store(), faults_);
    writer_ = std::move(store_->open_writer().value());
    reader_ = std::move(store_->open_reader().value());
    ada_ = guest(1, "Ada");
    room_ = room(ada_, 10);
    group_commit_.emplace(*writer_, published_.sink());
  }

  void add(std::function<void(Commands&)> work) {
    ends_.push_back(std::make_unique<End>(End::kNone));
    batch_.push_back(std::make_unique<Probe>(std::move(work), *ends_.back()));
  }

  void add_message(std::uint64_t cmid) {
    // What it says doesn't count in a transaction that a neighbour spoils.
    add([this, cmid](Commands& commands) {
      static_cast<void>(commands.run(SendMessage{
          .sender = ada_, .conversation = room_, .cmid = id_of<MessageId>(cmid), .body = "text"}));
    });
  }

  std::vector<End> run_batch() {
    group_commit_->run(batch_, kNow);
    batch_.clear();
    std::vector<End> ends;
    for (const auto& end : ends_) {
      ends.push_back(*end);
    }
    ends_.clear();
    return ends;
  }

  Conversation head() {
    return ask([&](Queries& queries) { return queries.conversation(ada_, room_); })->conversation;
  }

  test::Faults faults_;
  test::Published published_;
  std::optional<GroupCommit> group_commit_;
  std::vector<std::unique_ptr<WriteRequest>> batch_;
  std::vector<std::unique_ptr<End>> ends_;
  UserId ada_;
  ConversationId room_;
};

TEST_F(GroupCommitTest, CommitsABatchOnceAndPublishesInOrder) {
  add_message(50);
  add_message(51);
  add_message(52);
  EXPECT_THAT(run_batch(), Each(End::kCommitted));
  EXPECT_EQ(group_commit_->counts().commits, 1U);
  const auto events = published_.of(room_);
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_EQ(events[0].r, 2);
  EXPECT_EQ(events[2].r, 4);
}

TEST_F(GroupCommitTest, PublishesBeforeItAnswers) {
  std::size_t published = 0;

  class Watching final : public WriteRequest {
   public:
    Watching(std::function<void(Commands&)> work, std::function<void()> finished)
        : work_(std::move(work)), finished_(std::move(finished)) {}

    void announce(Footprint& footprint) const override {
      footprint.conversations.push_back(id_of<ConversationId>(10));
    }

    void attempt(Commands& commands) override { work_(commands); }

    void finish(std::optional<StoreError>) override { finished_(); }

   private:
    std::function<void(Commands&)> work_;
    std::function<void()> finished_;
  };

  batch_.push_back(std::make_unique<Watching>(
      [this](Commands& commands) {
        static_cast<void>(commands.run(SendMessage{
            .sender = ada_, .conversation = room_, .cmid = id_of<MessageId>(50), .body = "text"}));
      },
      [&] { published = published_.all().size(); }));
  run_batch();
  EXPECT_EQ(published, 1U);
}

TEST_F(GroupCommitTest, AnswersNothingAsStoredAndPublishesNothingWhereTheCommitFails) {
  faults_.commits = true;
  add_message(50);
  add_message(51);
  EXPECT_THAT(run_batch(), Each(End::kUnavailable));
  EXPECT_THAT(published_.all(), IsEmpty());
  EXPECT_EQ(head().last_q, 0);
  EXPECT_EQ(group_commit_->counts().unavailable, 2U);

  faults_.commits = false;
  add_message(50);
  EXPECT_THAT(run_batch(), ElementsAre(End::kCommitted));
  EXPECT_EQ(head().last_q, 1);
}

TEST_F(GroupCommitTest, FindsWhatWasStoredAfterAllWhenItIsAskedAgain) {
  faults_.commits_after_all = true;
  add_message(50);
  EXPECT_THAT(run_batch(), ElementsAre(End::kUnavailable));
  EXPECT_THAT(published_.all(), IsEmpty());
  faults_.commits_after_all = false;
  bool duplicate = false;
  add([&](Commands& commands) {
    duplicate = commands
                    .run(SendMessage{.sender = ada_,
                                     .conversation = room_,
                                     .cmid = id_of<MessageId>(50),
                                     .body = "text"})
                    ->duplicate;
  });
  EXPECT_THAT(run_batch(), ElementsAre(End::kCommitted));
  EXPECT_TRUE(duplicate);
  EXPECT_EQ(head().last_q, 1);
}

TEST_F(GroupCommitTest, PublishesWhatWasStoredAfterAllBeforeWhatComesNext) {
  const UserId bob = guest(2, "Bob");
  faults_.commits_after_all = true;
  add_message(50);
  add_message(51);
  add([&](Commands& commands) { static_cast<void>(commands.run(RenameUser{bob, "Robert"})); });
  EXPECT_THAT(run_batch(), Each(End::kUnavailable));
  faults_.commits_after_all = false;
  faults_.commits = true;
  add_message(52);
  EXPECT_THAT(run_batch(), Each(End::kUnavailable));
  EXPECT_THAT(published_.all(), IsEmpty());
  faults_.commits = false;
  add_message(53);
  EXPECT_THAT(run_batch(), Each(End::kCommitted));
  add_message(54);
  EXPECT_THAT(run_batch(), Each(End::kCommitted));

  std::vector<Revision> revisions;
  for (const ConversationEvent& event : published_.of(room_)) {
    revisions.push_back(event.r);
  }
  EXPECT_THAT(revisions, ElementsAre(2, 3, 4, 5));
  EXPECT_THAT(published_.of(bob), SizeIs(1));
}

TEST_F(GroupCommitTest, LetsNoBadRequestFailItsNeighbours) {
  add_message(50);
  add([this](Commands&) {
    // Not the next revision: the store refuses it.
    writer_->writes().log.append(
        ConversationEvent{.conversation = room_,
                          .r = 99,
                          .at = kNow,
                          .what = ConversationEvent::MemberLeft{.user = ada_}});
  });
  add_message(51);
  EXPECT_THAT(run_batch(), ElementsAre(End::kCommitted, End::kRefused, End::kCommitted));
  EXPECT_EQ(head().last_q, 2);
  EXPECT_THAT(published_.of(room_), SizeIs(2));
  EXPECT_EQ(group_commit_->counts().refused, 1U);
}

TEST_F(GroupCommitTest, LetsNoBugOfOurOwnFailOthers) {
  add_message(50);
  add([](Commands&) { throw Bug("broken"); });
  add_message(51);
  EXPECT_THAT(run_batch(), ElementsAre(End::kCommitted, End::kRefused, End::kCommitted));
  EXPECT_EQ(head().last_q, 2);
}

TEST_F(GroupCommitTest, AnswersARepeatInTheSameBatchAsOne) {
  bool duplicate = false;
  add_message(50);
  add([&](Commands& commands) {
    duplicate = commands
                    .run(SendMessage{.sender = ada_,
                                     .conversation = room_,
                                     .cmid = id_of<MessageId>(50),
                                     .body = "text"})
                    ->duplicate;
  });
  EXPECT_THAT(run_batch(), Each(End::kCommitted));
  EXPECT_TRUE(duplicate);
  EXPECT_THAT(published_.of(room_), SizeIs(1));
}

}  // namespace
}  // namespace parlance::chat
