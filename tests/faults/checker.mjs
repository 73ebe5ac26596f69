// Acknowledged = stored = delivered to every member: dense, in order, nothing twice. Looks only at what was written
// down (the record) and complains; see checker.test.mjs for each complaint that it knows.
//
// A stream is a conversation or a user's own ("user:ID"); an event is one revision of it.
//   record.asked         Map cmid -> {c, sender, body}: everything that anyone tried to send
//   record.acknowledged  [{member, c, cmid, q, r, line?}]; line {connection, n} where one request was enough: those of
//                        a connection and a conversation are numbered in the order in which they were sent
//   record.unanswered    [cmid] that got no acknowledgement until the end
//   record.members       [{name, streams: [stream], log: [entry]}], entries in the order in which they came:
//     {kind: "start", heads: Map stream -> r}                    a new session, which is told all that follows
//     {kind: "push", s, stream?, r?, digest?}                    a numbered event of the session
//     {kind: "page", stream, from, events: [{r, digest}]}        what sync answered to that cursor
//   record.after         what a client is told that comes afterwards:
//     {streams: Map stream -> [{r, digest, m?, q?}], messages: Map c -> [{m, q, r, sender, body}]}
//   record.rows          Map c -> [{m, q, r, sender, body}]: what the store itself holds, where it can be read

const short = (id) => String(id).slice(0, 40);

// The messages of each conversation by id, once each, dense, in order of revision too.
function checkStored(where, messages, record, complain) {
  const byId = new Map();
  for (const [c, list] of messages) {
    let last = {q: 0, r: 0};
    for (const message of list) {
      const name = `message ${message.q} of ${short(c)} (${short(message.m)}) ${where}`;
      if (message.q !== last.q + 1) complain("gap", `${name} comes after ${last.q}`);
      if (message.r <= last.r) complain("order", `${name} has revision ${message.r}, the one before ${last.r}`);
      const key = `${c} ${message.m}`;
      if (byId.has(key)) complain("duplicate", `${name} is there as ${byId.get(key).q} too`);
      byId.set(key, message);
      last = message;
      const asked = record.asked.get(message.m);
      if (!asked) complain("phantom", `${name} was sent by nobody`);
      else if (asked.c !== c || asked.sender !== message.sender || asked.body !== message.body) {
        complain("altered", `${name} is not what was sent`);
      }
    }
  }
  return byId;
}

function checkAcknowledged(where, byId, record, complain) {
  for (const {member, c, cmid, q, r} of record.acknowledged) {
    const stored = byId.get(`${c} ${cmid}`);
    const name = `${member} was told that ${short(cmid)} is message ${q} (revision ${r}) of ${short(c)}`;
    if (!stored) complain("lost", `${name}: it is not ${where}`);
    else if (stored.q !== q || stored.r !== r) complain("moved", `${name}: ${where} it is ${stored.q} (${stored.r})`);
  }
}

// What one connection asked for in a row got its numbers in that row.
function checkSendingOrder(record, complain) {
  const lines = new Map();
  for (const {c, cmid, q, line} of record.acknowledged) {
    if (!line) continue;
    const key = `${line.connection} ${c}`;
    if (!lines.has(key)) lines.set(key, []);
    lines.get(key).push({n: line.n, q, cmid});
  }
  for (const [key, sent] of lines) {
    sent.sort((a, b) => a.n - b.n);
    for (let i = 1; i < sent.length; ++i) {
      if (sent[i].q <= sent[i - 1].q) {
        complain("order", `connection ${key}: ${short(sent[i].cmid)} was sent later and is ${sent[i].q}, not after ${sent[i - 1].q}`);
      }
    }
  }
}

// The events of each stream afterwards: dense, and each message among them once, as history has it.
function checkStreams(record, byId, complain) {
  for (const [stream, events] of record.after.streams) {
    events.forEach(({r}, index) => {
      if (r !== index + 1) complain("gap", `event ${index + 1} of ${short(stream)} has revision ${r}`);
    });
    const told = new Map(events.filter(({m}) => m).map((event) => [event.m, event]));
    for (const {m, q, r} of record.after.messages.get(stream) ?? []) {
      const event = told.get(m);
      if (!event) complain("undelivered", `message ${q} of ${short(stream)} is stored, and sync has no event of it`);
      else if (event.q !== q || event.r !== r) complain("moved", `message ${q} (${r}) of ${short(stream)} is ${event.q} (${event.r}) in sync`);
      told.delete(m);
    }
    for (const {m, q} of told.values()) complain("phantom", `sync tells of message ${q} of ${short(stream)} (${short(m)}), which history has not`);
    for (const {m, q} of events) {
      if (m && !byId.has(`${stream} ${m}`)) complain("phantom", `sync tells of message ${q} of ${short(stream)}, which is not stored`);
    }
  }
}

// One member's log: sessions and pages without gap, turn or repetition. Returns stream -> r -> digest.
function received(member, complain) {
  const got = new Map(member.streams.map((stream) => [stream, new Map()]));
  const note = (stream, {r, digest}) => {
    const known = got.get(stream)?.get(r);
    if (known !== undefined && known !== digest) complain("altered", `${member.name} got two events as ${r} of ${short(stream)}`);
    if (!got.has(stream)) complain("phantom", `${member.name} got events of ${short(stream)}, and isn't in it`);
    else got.get(stream).set(r, digest);
  };
  const follow = (what, stream, r, last) => {
    const name = `${member.name}, ${what} of ${short(stream)}: ${r} after ${last}`;
    if (r === last) complain("duplicate", name);
    else if (r < last) complain("order", name);
    else if (r > last + 1) complain("gap", name);
  };
  let heads = new Map();
  let s = 0;
  for (const entry of member.log) {
    if (entry.kind === "start") {
      heads = new Map(entry.heads);
      s = 0;
    } else if (entry.kind === "push") {
      follow("number", "the session", entry.s, s);
      s = entry.s;
      if (entry.stream === undefined) continue;
      follow("push", entry.stream, entry.r, heads.get(entry.stream) ?? 0);
      heads.set(entry.stream, entry.r);
      note(entry.stream, entry);
    } else {
      let last = entry.from;
      for (const event of entry.events) {
        follow("sync", entry.stream, event.r, last);
        last = event.r;
        note(entry.stream, event);
      }
    }
  }
  return got;
}

function checkDelivered(record, complain) {
  let deliveries = 0;
  for (const member of record.members) {
    for (const [stream, got] of received(member, complain)) {
      const events = record.after.streams.get(stream) ?? [];
      for (const {r, digest} of events) {
        const seen = got.get(r);
        const name = `event ${r} of ${short(stream)}`;
        if (seen === undefined) complain("undelivered", `${member.name} never got ${name}`);
        else if (seen !== digest) complain("altered", `${member.name} got ${name}, which is another one now`);
        deliveries += 1;
        got.delete(r);
      }
      for (const r of got.keys()) complain("phantom", `${member.name} got event ${r} of ${short(stream)}, which is not stored`);
    }
  }
  return deliveries;
}

// {complaints: [{kind, text}], counts: {acknowledged, stored, deliveries}}
export function check(record) {
  const complaints = [];
  const complain = (kind, text) => complaints.push({kind, text});
  const told = checkStored("in history", record.after.messages, record, complain);
  checkAcknowledged("in history", told, record, complain);
  if (record.rows) {
    const rows = checkStored("in the store", record.rows, record, complain);
    checkAcknowledged("in the store", rows, record, complain);
    for (const key of rows.keys()) if (!told.has(key)) complain("undelivered", `${key} is stored, and history has it not`);
    for (const key of told.keys()) if (!rows.has(key)) complain("phantom", `${key} is in history, and not in the store`);
  }
  checkSendingOrder(record, complain);
  checkStreams(record, told, complain);
  const deliveries = checkDelivered(record, complain);
  for (const cmid of record.unanswered) complain("unanswered", `${short(cmid)} got no answer`);
  return {complaints, counts: {acknowledged: record.acknowledged.length, stored: told.size, deliveries}};
}

// For people: the first few complaints of each kind.
export function describe(complaints, each = 4) {
  const kinds = new Map();
  for (const {kind, text} of complaints) kinds.set(kind, [...(kinds.get(kind) ?? []), text]);
  return [...kinds].flatMap(([kind, texts]) => [
    ...texts.slice(0, each).map((text) => `${kind}: ${text}`),
    ...(texts.length > each ? [`${kind}: and ${texts.length - each} more`] : []),
  ]).join("\n");
}
