#include <set>
#include <string>
#include <vector>

#include "chat/adapters/postgres/write_transaction.h"

namespace parlance::chat::postgres {

namespace {

// "No key": other writers wait, the checks of foreign keys don't. Their rows are never the reason
// of a circle then.
constexpr Statement kLockUsers = {
    "lock_users", "SELECT id FROM users WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"};

// Their users may hold no lock: a refresh token alone doesn't say whose it is.
constexpr Statement kLockDevices = {
    "lock_devices",
    "SELECT id FROM devices WHERE id = ANY ($1::uuid[]) OR id IN "
    "(SELECT device FROM refresh_tokens WHERE hash IN "
    "(SELECT decode(hex, 'hex') FROM unnest($2::text[]) AS n (hex))) "
    "ORDER BY id FOR NO KEY UPDATE"};

constexpr Statement kLockConversations = {
    "lock_conversations",
    "SELECT id FROM conversations WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"};

constexpr Statement kInvited = {
    "fetch_invited",
    "SELECT invite_code, id FROM conversations WHERE invite_code = ANY ($1::text[]) "
    "UNION ALL SELECT code, conversation FROM invites WHERE code = ANY ($1::text[])"};

constexpr Statement kConversationsOf = {
    "fetch_conversations_of",
    "SELECT DISTINCT conversation FROM members WHERE user_id = ANY ($1::uuid[])"};

// One answer of four kinds of rows. It is a statement of its own after the locks, because a
// statement sees what was committed before it began, not what it waited for.
constexpr Statement kFetch = {
    "fetch_footprint",
    "SELECT 1, u.id, u.name, NULL, u.guest::int::bigint, u.created_at, u.last_r, NULL::uuid, "
    "NULL::uuid, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint "
    "FROM unnest($1::uuid[]) AS n (id) JOIN users u ON u.id = n.id "
    "UNION ALL "
    "SELECT 2, c.id, c.title, c.invite_code, c.created_at, c.last_q, c.last_r, c.creator, NULL, "
    "c.kind, c.archived::int, c.may_post, c.may_call "
    "FROM unnest($2::uuid[]) AS n (id) JOIN conversations c ON c.id = n.id "
    "UNION ALL "
    "SELECT 3, m.user_id, u.name, NULL, m.role, m.joined_at, m.visible_from, m.conversation, NULL, "
    "m.muted::int, NULL, NULL, NULL "
    "FROM unnest($3::uuid[], $4::uuid[]) AS n (conversation, user_id) "
    "JOIN members m ON m.conversation = n.conversation AND m.user_id = n.user_id "
    "JOIN users u ON u.id = m.user_id "
    "UNION ALL "
    "SELECT 4, m.id, m.body, NULL, m.q, m.r, m.at, m.conversation, m.sender, "
    "NULL, NULL, NULL, NULL "
    "FROM unnest($5::uuid[], $6::uuid[]) AS n (conversation, id) "
    "JOIN messages m ON m.conversation = n.conversation AND m.id = n.id"};

enum RowKind : std::uint8_t { kUserRow = 1, kConversationRow, kMemberRow, kMessageRow };

// Members of every announced user in every announced conversation are fetched up to this many;
// above, each is asked for when it is needed.
constexpr std::size_t kMaxMemberPairs = 1'024;

// What is going to be fetched, each once and in key order.
struct Keys {
  std::set<UserId> users;
  std::set<ConversationId> conversations;
  std::set<std::pair<ConversationId, UserId>> members;
  std::set<std::pair<ConversationId, MessageId>> messages;
};

Parameter ids(const auto& set) {
  ArrayLiteral literal;
  for (const auto& id : set) {
    literal.add(id);
  }
  return Parameter::of_ids(literal.str());
}

// Both halves of pairs.
void append_pairs(const auto& set, Parameters& parameters) {
  ArrayLiteral first;
  ArrayLiteral second;
  for (const auto& [one, other] : set) {
    first.add(one);
    second.add(other);
  }
  parameters.push_back(Parameter::of_ids(first.str()));
  parameters.push_back(Parameter::of_ids(second.str()));
}

void lock_devices(Connection& connection, const Footprint& footprint) {
  ArrayLiteral devices;
  for (const DeviceId id : footprint.devices) {
    devices.add(id);
  }
  ArrayLiteral hashes;
  for (const TokenHash& hash : footprint.refresh_tokens) {
    hashes.add(hex_of(hash));
  }
  connection.run(kLockDevices, {Parameter::of_ids(devices.str()), hashes.str()});
}

Keys announced(const Footprint& footprint) {
  Keys keys;
  keys.users.insert(footprint.users.begin(), footprint.users.end());
  keys.users.insert(footprint.renamed.begin(), footprint.renamed.end());
  keys.conversations.insert(footprint.conversations.begin(), footprint.conversations.end());
  for (const auto& key : footprint.messages) {
    keys.members.emplace(key.conversation, key.sender);
    keys.messages.emplace(key.conversation, key.cmid);
  }
  return keys;
}

// Which conversations the codes and the renamed users stand for. The users are locked already, and
// nobody joins or leaves without its own lock.
void find_conversations(Connection& connection,
                        const Footprint& footprint,
                        Keys& keys,
                        KnownRows& known) {
  ArrayLiteral codes;
  for (const std::string& code : footprint.invite_codes) {
    known.codes[code] = std::nullopt;
    if (may_be_code(code)) {
      codes.add(code);
    }
  }
  if (codes.size() > 0) {
    Answer found = connection.run(kInvited, {codes.str()});
    while (found.row()) {
      const std::string code = found.text();
      const auto id = found.id<ConversationId>();
      known.codes[code] = id;
      keys.conversations.insert(id);
    }
  }
  if (!footprint.renamed.empty()) {
    Answer found = connection.run(kConversationsOf, {ids(footprint.renamed)});
    while (found.row()) {
      keys.conversations.insert(found.id<ConversationId>());
    }
  }
}

void add_member_pairs(Keys& keys) {
  if (keys.users.size() * keys.conversations.size() > kMaxMemberPairs) {
    return;
  }
  for (const ConversationId conversation : keys.conversations) {
    for (const UserId user : keys.users) {
      keys.members.emplace(conversation, user);
    }
  }
}

void read_row(Answer& row, KnownRows& known) {
  const auto kind = static_cast<RowKind>(row.integer());
  const Uuid id = row.uuid();
  std::string first = row.text();
  std::string second = row.text();
  const std::int64_t a = row.integer();
  const std::int64_t b = row.integer();
  const std::int64_t c = row.integer();
  const Uuid other = row.uuid();
  switch (kind) {
    case kUserRow:
      known.users[UserId(id)] = UserHead{
          .user = {.id = UserId(id), .name = std::move(first), .guest = a != 0, .created_at = b},
          .last_r = c};
      break;
    case kConversationRow: {
      ConversationRecord record;
      record.conversation.id = ConversationId(id);
      record.conversation.profile.title = std::move(first);
      record.conversation.invite_code = std::move(second);
      record.conversation.created_at = a;
      record.conversation.last_q = b;
      record.conversation.last_r = c;
      record.creator = UserId(other);
      row.skip(1);
      record.conversation.kind = static_cast<ConversationKind>(row.integer());
      read_settings(row, record.conversation.profile);
      known.conversations[ConversationId(id)] = std::move(record);
      break;
    }
    case kMemberRow: {
      Member member{.user = UserId(id),
                    .name = std::move(first),
                    .role = static_cast<Role>(a),
                    .joined_at = b,
                    .visible_from = c};
      row.skip(1);
      member.muted = row.integer() != 0;
      known.members[{ConversationId(other), UserId(id)}] = std::move(member);
      break;
    }
    case kMessageRow:
      known.messages[{ConversationId(other), MessageId(id)}] =
          Message{.id = MessageId(id),
                  .conversation = ConversationId(other),
                  .q = a,
                  .r = b,
                  .sender = row.id<UserId>(),
                  .body = std::move(first),
                  .at = c};
      break;
  }
}

// Whatever is asked for and doesn't come isn't there.
void expect(const Keys& keys, KnownRows& known) {
  for (const UserId id : keys.users) {
    known.users[id] = std::nullopt;
  }
  for (const ConversationId id : keys.conversations) {
    known.conversations[id] = std::nullopt;
  }
  for (const auto& key : keys.members) {
    known.members[key] = std::nullopt;
  }
  for (const auto& key : keys.messages) {
    known.messages[key] = std::nullopt;
  }
}

}  // namespace

KnownRows lock_and_fetch(Connection& connection,
                         const Connection::Step& first,
                         const Footprint& footprint) {
  KnownRows known;
  Keys keys = announced(footprint);
  connection.begin("BEGIN");
  std::vector<Connection::Step> steps = {first};
  if (!keys.users.empty()) {
    steps.push_back({.statement = kLockUsers, .parameters = {ids(keys.users)}});
  }
  const bool has_devices = !footprint.devices.empty() || !footprint.refresh_tokens.empty();
  if (has_devices || !footprint.invite_codes.empty() || !footprint.renamed.empty()) {
    connection.run_together(steps);
    steps.clear();
    if (has_devices) {
      lock_devices(connection, footprint);
    }
    find_conversations(connection, footprint, keys, known);
  }
  add_member_pairs(keys);
  if (!keys.conversations.empty()) {
    steps.push_back({.statement = kLockConversations, .parameters = {ids(keys.conversations)}});
  }
  Parameters wanted = {ids(keys.users), ids(keys.conversations)};
  append_pairs(keys.members, wanted);
  append_pairs(keys.messages, wanted);
  steps.push_back({.statement = kFetch, .parameters = std::move(wanted)});
  Answer found = connection.run_together(steps);
  expect(keys, known);
  while (found.row()) {
    read_row(found, known);
  }
  return known;
}

}  // namespace parlance::chat::postgres
