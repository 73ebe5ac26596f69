// The checker complains about each thing that may go wrong, and about nothing else.
import assert from "node:assert";
import test from "node:test";
import {check, describe} from "./checker.mjs";

const kRoom = "room";
const kSender = "ada";

// Three messages in a room that two members follow: one by pushes alone, one who was away and came back by sync.
function goodRecord() {
  const messages = [1, 2, 3].map((q) => ({m: `cmid ${q}`, q, r: q + 1, sender: kSender, body: `text ${q}`}));
  const events = [{r: 1, digest: "created"}, ...messages.map(({m, q, r}) => ({r, digest: `digest ${q}`, m, q}))];
  const pushes = events.map(({r, digest}, index) => ({kind: "push", s: index + 1, stream: kRoom, r, digest}));
  return {
    asked: new Map(messages.map(({m, body}) => [m, {c: kRoom, sender: kSender, body}])),
    acknowledged: messages.map(({m, q, r}) => ({member: "Ada", c: kRoom, cmid: m, q, r, line: {connection: 1, n: q}})),
    unanswered: [],
    members: [
      {name: "Ada", streams: [kRoom], log: [{kind: "start", heads: new Map([[kRoom, 0]])}, ...pushes]},
      {name: "Bob", streams: [kRoom], log: [
        {kind: "start", heads: new Map([[kRoom, 1]])},
        {kind: "page", stream: kRoom, from: 0, events: [events[0], events[1]]},
        {...pushes[1], s: 1},
        {kind: "start", heads: new Map([[kRoom, 3]])},
        {...pushes[3], s: 1},
        {kind: "page", stream: kRoom, from: 2, events: [events[2], events[3]]},
      ]},
    ],
    after: {streams: new Map([[kRoom, events]]), messages: new Map([[kRoom, messages]])},
    rows: new Map([[kRoom, messages.map((message) => ({...message}))]]),
  };
}

const kinds = (record) => [...new Set(check(record).complaints.map(({kind}) => kind))];

function spoiled(spoil) {
  const record = structuredClone(goodRecord());
  spoil(record);
  return record;
}

const ada = (record) => record.members[0].log;
const bob = (record) => record.members[1].log;

test("a good record has no complaint, and everything in it is counted", () => {
  const {complaints, counts} = check(goodRecord());
  assert.deepStrictEqual(complaints, []);
  assert.deepStrictEqual(counts, {acknowledged: 3, stored: 3, deliveries: 8});
});

const kSpoiled = [
  ["an acknowledged message that is gone", ["lost"], (record) => {
    for (const list of [record.after.messages.get(kRoom), record.rows.get(kRoom), record.after.streams.get(kRoom), ada(record)]) list.pop();
    bob(record)[5].events.pop();
    bob(record).splice(4, 1);
  }],
  ["an acknowledged message whose number went to another one", ["lost", "phantom", "altered"], (record) => {
    for (const list of [record.after.messages, record.rows]) list.get(kRoom)[2].m = "somebody else's";
    Object.assign(record.after.streams.get(kRoom)[3], {m: "somebody else's", digest: "other"});
  }],
  ["an acknowledged message under another number", ["moved"], (record) => (record.acknowledged[2].q = 4)],
  ["an acknowledged message under another revision", ["moved"], (record) => (record.acknowledged[2].r = 9)],
  ["a message stored twice", ["duplicate", "moved", "undelivered"], (record) => {
    for (const list of [record.after.messages, record.rows]) list.get(kRoom).push({...list.get(kRoom)[2], q: 4, r: 5});
    const again = {r: 5, digest: "digest 4", m: "cmid 3", q: 4};
    record.after.streams.get(kRoom).push(again);
    ada(record).push({kind: "push", s: 5, stream: kRoom, ...again});
    bob(record)[5].events.push(again);
  }],
  ["a gap in the numbers", ["gap"], (record) => {
    record.acknowledged[2].q = 4;
    for (const list of [record.after.messages, record.rows]) list.get(kRoom)[2].q = 4;
    record.after.streams.get(kRoom)[3].q = 4;
  }],
  ["a gap in the revisions", ["gap"], (record) => {
    record.acknowledged[2].r = 5;
    for (const list of [record.after.messages, record.rows]) list.get(kRoom)[2].r = 5;
    record.after.streams.get(kRoom)[3].r = 5;
    ada(record)[4].r = 5;
    bob(record)[4].r = 5;
    bob(record)[5].events[1].r = 5;
  }],
  ["revisions that do not rise with the numbers", ["order", "moved"], (record) => {
    for (const list of [record.after.messages, record.rows]) [list.get(kRoom)[1].r, list.get(kRoom)[2].r] = [4, 3];
  }],
  ["messages numbered in another order than they were sent in", ["order"], (record) => {
    [record.acknowledged[0].line.n, record.acknowledged[1].line.n] = [2, 1];
  }],
  ["a text that changed", ["altered"], (record) => (record.rows.get(kRoom)[1].body = "something else")],
  ["a message that nobody sent", ["phantom"], (record) => record.asked.delete("cmid 2")],
  ["a message in the store that history does not show", ["gap", "lost", "phantom", "undelivered"], (record) => {
    record.after.messages.get(kRoom).splice(1, 1);
  }],
  ["a message in history that the store has not", ["lost", "phantom"], (record) => record.rows.get(kRoom).pop()],
  ["a stored message without an event", ["undelivered", "phantom"], (record) => {
    Object.assign(record.after.streams.get(kRoom)[2], {m: undefined, q: undefined});
    record.after.streams.get(kRoom).push({r: 5, digest: "x", m: "cmid 9", q: 9});
  }],
  ["an event stored and never delivered", ["undelivered"], (record) => ada(record).pop()],
  ["an event delivered and not stored", ["phantom"], (record) => {
    ada(record).push({kind: "push", s: 5, stream: kRoom, r: 5, digest: "digest 4"});
  }],
  ["an event delivered that another one replaced", ["altered"], (record) => (ada(record)[4].digest = "other")],
  ["an event of a room that one is not in", ["phantom"], (record) => {
    ada(record).push({kind: "push", s: 5, stream: "elsewhere", r: 1, digest: "x"});
  }],
  ["two events under one revision", ["altered"], (record) => (bob(record)[4].digest = "other")],
  ["an event pushed twice", ["duplicate"], (record) => {
    ada(record).splice(4, 0, {...ada(record)[3], s: 4});
    ada(record)[5].s = 5;
  }],
  ["events pushed in the wrong order", ["gap", "order"], (record) => {
    const [third, fourth] = ada(record).splice(3, 2);
    ada(record).push({...fourth, s: 3}, {...third, s: 4});
  }],
  ["an event left out between two pushes, though sync brought it", ["gap"], (record) => {
    const [third] = ada(record).splice(3, 1);
    ada(record)[3].s = 3;
    ada(record).push({kind: "page", stream: kRoom, from: 2, events: [{r: third.r, digest: third.digest}]});
  }],
  ["a session that does not begin behind its start", ["gap"], (record) => {
    ada(record).splice(1, 1);
    ada(record).slice(1).forEach((push, index) => (push.s = index + 1));
    ada(record).push({kind: "page", stream: kRoom, from: 0, events: [{r: 1, digest: "created"}]});
  }],
  ["a number of the session left out", ["gap"], (record) => (ada(record)[4].s = 5)],
  ["a number of the session that comes twice after a resume", ["duplicate"], (record) => (ada(record)[4].s = 3)],
  ["a page of sync that leaves something out", ["gap", "undelivered"], (record) => bob(record)[5].events.shift()],
  ["a page of sync that begins before its cursor", ["duplicate"], (record) => (bob(record)[5].from = 3)],
  ["a request without an answer", ["unanswered"], (record) => record.unanswered.push("cmid 4")],
];

for (const [what, expected, spoil] of kSpoiled) {
  test(`complains about ${what}`, () => assert.deepStrictEqual(kinds(spoiled(spoil)).sort(), [...expected].sort()));
}

test("a description names the first few of each kind", () => {
  const complaints = Array.from({length: 6}, (_, i) => ({kind: "lost", text: `message ${i}`}));
  assert.strictEqual(describe(complaints, 2), "lost: message 0\nlost: message 1\nlost: and 4 more");
});
