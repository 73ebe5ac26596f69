// The sessions of one thread: their connections, what they are told, and their end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "chat/domain/types.h"
#include "chat/service/chat_service.h"
#include "signaling/protocol/problem.h"
#include "signaling/server/connection.h"
#include "signaling/server/deadlines.h"
#include "signaling/server/hub.h"
#include "signaling/session/session.h"
#include "signaling/session/shared_event.h"

namespace parlance::signaling {

// Who waits for an answer, as a value that outlives the session and its connection.
struct Asker {
  SessionKey session{};
  Epoch epoch = 0;
  std::optional<std::uint32_t> id;  // without it nobody waits
};

// A committed event, and the same serialised.
struct ChatEvent {
  std::shared_ptr<const chat::Event> event;  // shared by all threads
  EventPtr text;
};

class Sessions {
 public:
  // Sessions of one user on one thread; the oldest without a connection goes first.
  static constexpr std::size_t kMaxPerUser = 16;
  // Events kept for a session whose start is under way.
  static constexpr std::size_t kMaxEventsWhileStarting = 4096;

  struct StartRequest {
    LinkRef link;
    chat::Identity identity;
    std::string token;
    std::uint32_t id = 0;
  };

  struct ResumeRequest {
    LinkRef link;
    chat::Identity identity;
    std::string token;
    std::uint64_t s = 0;
    std::uint32_t id = 0;
  };

  // What a session is here.
  struct Hosted {
    Session session;
    std::string token;
    std::optional<LinkRef> link;
    Subscriptions subscriptions;
    chat::Revision user_r = 0;
    bool lost = false;
    bool reading_paused = false;
  };

  explicit Sessions(SignalingThread& thread) : thread_(thread) {}

  // The name of a session to be: nobody guesses it, and it says which thread to ask.
  static std::string new_token(unsigned thread);
  static std::optional<unsigned> thread_of(std::string_view token);

  void start(StartRequest request);
  void resume(const ResumeRequest& request);

  void on_text(SessionKey key, const LinkRef& link, std::string_view frame);
  void on_drained(SessionKey key, const LinkRef& link);
  void on_link_closed(SessionKey key, const LinkRef& link);

  void on_chat_event(const ChatEvent& event);
  void tell_conversation(const chat::ConversationId& conversation, const EventPtr& event);
  void tell_sessions(const std::vector<SessionKey>& keys, const EventPtr& event);

  // Answers to requests; `ok` is JSON text. Nothing happens when the asker is gone.
  void answer(const Asker& asker, std::string_view ok);
  // With events that belong right behind the answer, and are nothing without it: of a connection
  // that is gone they are forgotten as well.
  void answer(const Asker& asker, std::string_view ok, const std::vector<EventPtr>& rest);
  void refuse(const Asker& asker, const Problem& problem);

  // The user has become a member by a request of this session, answered with this state.
  void joined(SessionKey key, const chat::Conversation& conversation);

  // Nothing when there is none of that key.
  Hosted* find(SessionKey key);

  // Writes out what the turn has brought, ends what is over. When to be called next.
  Timestamp end_turn(Moment at);

  // Messages to this thread were lost: no session knows what it missed.
  void lose_all();
  // The device was signed out.
  void revoke(const chat::UserId& user, const chat::DeviceId& device);
  // Tells every client to come back.
  void say_to_all(const std::function<std::string()>& text);

 private:
  struct Starting {
    StartRequest request;
    std::vector<ChatEvent> events;
    bool too_many = false;
  };

  void finish_start(std::uint64_t number,
                    std::expected<chat::ChatService::ConversationList, chat::ChatError> list);
  Hosted& open(const StartRequest& request, const chat::ChatService::ConversationList& list);
  void make_room_for(const chat::UserId& user);
  void on_object(Hosted& hosted, std::string_view object);
  void apply(Hosted& hosted, const ChatEvent& event);
  void apply(Hosted& hosted, const chat::ConversationEvent& event, const EventPtr& text);
  void apply(Hosted& hosted, const chat::UserEvent& event, const EventPtr& text);
  void join(Hosted& hosted, const chat::ConversationId& conversation, chat::Revision as_of);
  void leave(Hosted& hosted, const chat::ConversationId& conversation, chat::Revision r);
  void deliver(Hosted& hosted, const EventPtr& event);
  void announce(const Hosted& hosted,
                const std::vector<chat::ConversationId>& conversations,
                bool online);
  void attach(Hosted& hosted, const LinkRef& link);
  bool note_paused(Hosted& hosted, bool paused);
  void detach(Hosted& hosted);
  void disconnect(Hosted& hosted, CloseCode code, std::string_view reason);
  void end(SessionKey key);

  void touch(Hosted& hosted) { touched_.insert(hosted.session.key()); }

  void write_out(Hosted& hosted, Timestamp now);
  void tick(Hosted& hosted, Timestamp now);

  SignalingThread& thread_;
  std::unordered_map<SessionKey, std::unique_ptr<Hosted>> sessions_;
  std::unordered_map<std::string, SessionKey> by_token_;
  std::unordered_map<std::uint64_t, Starting> starting_;
  Hub hub_;
  Deadlines deadlines_;
  std::unordered_set<SessionKey> touched_;
  std::uint64_t last_number_ = 0;
};

}  // namespace parlance::signaling
