import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Client } from "../src/client.js";
import { uuidv7 } from "../src/ids.js";
import type { ClientStorage } from "../src/storage.js";
import type { FakeServer } from "./fake-server.js";
import { Refusal } from "./fake-server.js";
import { conversation, makeWorld, member, ServerConversation } from "./fixtures.js";

let server: FakeServer;
let client: Client;
let storage: ClientStorage;
let tea: ServerConversation;

beforeEach(() => {
  vi.useFakeTimers();
  ({ server, client, storage } = makeWorld());
  tea = new ServerConversation(server);
});

afterEach(() => {
  client.close();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

async function opened() {
  await client.enter("Ada");
  const [found] = client.conversations;
  await found!.open();
  return found!;
}

async function outage(ms = 1_000): Promise<void> {
  server.drop();
  await vi.advanceTimersByTimeAsync(ms);
  expect(client.state).toBe("online");
}

const bodies = (from: { messages: readonly { body: string }[] }) => from.messages.map(({ body }) => body);

describe("entering", () => {
  test("keeps the token, and is the same guest next time", async () => {
    await client.enter("Ada");
    expect(storage.token).toBe("t");
    expect(client.user?.id).toBe(server.user.id);
    expect(client.known).toBe(true);
  });

  test("forgets a token that the server does not know", async () => {
    storage.token = "old";
    server.knowsToken = false;
    const signedOut = vi.fn();
    client.on("signedOut", signedOut);
    await expect(client.enter()).rejects.toThrow();
    expect(signedOut).toHaveBeenCalledOnce();
    expect(client.known).toBe(false);
  });

  test("takes a new name on", async () => {
    server.handle("profile.update", ({ name }) => ({ user: { ...server.user, name } }));
    await client.enter("Grace");
    expect(client.user?.name).toBe("Grace");
  });
});

describe("a conversation", () => {
  test("shows history, then what is said, each once", async () => {
    tea.add();
    const followed = await opened();
    const heard: string[] = [];
    followed.on("message", ({ body }) => heard.push(body));
    const second = tea.add({}, true);
    tea.tell(second);
    expect(bodies(followed)).toEqual(["body 1", "body 2"]);
    expect(heard).toEqual(["body 2"]);
  });

  test("loads older messages page by page", async () => {
    for (let count = 0; count < 60; count += 1) tea.add();
    const followed = await opened();
    expect(followed.messages).toHaveLength(50);
    expect(followed.hasOlder).toBe(true);
    await followed.loadOlder();
    expect(followed.messages).toHaveLength(60);
    expect(followed.hasOlder).toBe(false);
  });

  test("takes a message that came while the history was on its way", async () => {
    await client.enter("Ada");
    const [followed] = client.conversations;
    // Committed after the page was read, announced after the snapshot that already counts it.
    server.handle("message.history", () => ({ messages: [], has_more: false }));
    const late = tea.add();
    await followed!.open();
    expect(followed!.cursor).toBe(late.r);
    tea.tell(late);
    expect(bodies(followed!)).toEqual(["body 1"]);
  });

  test("catches up by sync after the session was lost: nothing missing, nothing twice", async () => {
    const followed = await opened();
    tea.add({}, true);
    server.handle("sync", ({ cursors }) => {
      const [cursor] = cursors;
      const events = tea.eventsAfter(cursor!.r);
      const page = events.slice(0, 2);
      const r = page.at(-1)?.r ?? cursor!.r;
      return { events: page, cursors: [{ c: tea.info.id, r }], user_r: 0, gone: [], has_more: events.length > 2 };
    });
    for (let count = 0; count < 5; count += 1) tea.add();
    server.remembers = false;
    await outage();
    expect(followed.messages.map(({ q }) => q)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(followed.cursor).toBe(tea.info.last_r);
    tea.add({}, true);
    expect(followed.messages).toHaveLength(7);
  });

  test("asks for what a hole in the revisions hides", async () => {
    const followed = await opened();
    server.handle("sync", ({ cursors }) => ({
      events: tea.eventsAfter(cursors[0]!.r),
      cursors: [{ c: tea.info.id, r: tea.info.last_r }],
      user_r: 0,
      gone: [],
      has_more: false,
    }));
    tea.add();
    tea.add({}, true);
    await settle();
    expect(followed.messages.map(({ q }) => q)).toEqual([1, 2]);
  });

  test("starts over from the newest page when it is too far behind", async () => {
    const followed = await opened();
    for (let count = 0; count < 600; count += 1) tea.add();
    server.remembers = false;
    await outage();
    expect(server.requests("sync")).toEqual([]);
    expect(followed.messages).toHaveLength(50);
    expect(followed.hasOlder).toBe(true);
    expect(followed.messages.at(-1)?.q).toBe(600);
  });

  test("sends what was written while the connection was away, once", async () => {
    const followed = await opened();
    server.reachable = false;
    server.drop();
    followed.send("hello");
    expect(followed.pending.map(({ body }) => body)).toEqual(["hello"]);
    await vi.advanceTimersByTimeAsync(5_000);
    server.reachable = true;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(followed.pending).toEqual([]);
    expect(tea.messages.map(({ body }) => body)).toEqual(["hello"]);
  });

  test("shows one message where the answer was lost but the event came", async () => {
    const followed = await opened();
    let lose = true;
    const send = vi.fn();
    server.handle("message.send", ({ cmid, body }) => {
      send(cmid);
      const known = tea.messages.find(({ m }) => m === cmid);
      const sent = known ?? tea.add({ m: cmid, body, sender: server.user.id }, true);
      if (lose) {
        lose = false;
        throw new Refusal("unavailable", true);
      }
      return { m: sent.m, q: sent.q, r: sent.r, at: sent.at, dup: known !== undefined };
    });
    followed.send("once");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(send.mock.calls[0]).toEqual(send.mock.calls[1]);
    expect(bodies(followed)).toEqual(["once"]);
    expect(followed.pending).toEqual([]);
  });

  test("marks a message that the server refuses, and keeps it over a reload", async () => {
    const followed = await opened();
    server.handle("message.send", () => {
      throw new Refusal("invalid");
    });
    followed.send("bad");
    await settle();
    expect(followed.pending.map(({ state }) => state)).toEqual(["failed"]);
    expect(storage.unsent(tea.info.id).map(({ body }) => body)).toEqual(["bad"]);
    followed.discard(followed.pending[0]!.cmid);
    expect(storage.unsent(tea.info.id)).toEqual([]);
  });

  test("follows members and presence, and looks again after an outage", async () => {
    const followed = await opened();
    const bob = member(uuidv7(), "Bob");
    const c = tea.info.id;
    server.event("member.joined", { member: bob }, { c, r: 2 });
    server.event("presence", { user: bob.user, online: true }, { c }, true);
    expect(followed.members.get(bob.user)?.name).toBe("Bob");
    expect(followed.online.has(bob.user)).toBe(true);
    // He went while nobody could tell.
    tea.info.last_r = 2;
    tea.members.push(bob);
    await outage();
    expect(followed.online.has(bob.user)).toBe(false);
    expect(followed.members.has(bob.user)).toBe(true);
  });

  test("is not set back by an event older than what it knows", async () => {
    const bob = member(uuidv7(), "Bob");
    tea.members.push(bob);
    tea.info.last_r = 5;
    const followed = await opened();
    server.event("member.left", { user: bob.user }, { c: tea.info.id, r: 4 });
    expect(followed.members.has(bob.user)).toBe(true);
  });

  test("is gone when its user is removed", async () => {
    const followed = await opened();
    const removed = vi.fn();
    client.on("removed", removed);
    server.event("conversation.removed", { c: tea.info.id }, { r: 1 });
    expect(removed).toHaveBeenCalledWith(followed);
    expect(client.conversations).toEqual([]);
    expect(followed.gone).toBe(true);
  });

  test("that the user was added to appears", async () => {
    await client.enter("Ada");
    server.event("conversation.added", { conversation: conversation({ title: "New" }) }, { r: 1 });
    expect(client.conversations.map(({ title }) => title)).toEqual(["Tea", "New"]);
  });

  test("tells of typing without asking for an answer", async () => {
    const followed = await opened();
    followed.noteTyping("h");
    followed.noteTyping("he");
    followed.noteTyping("");
    const told = server.received.filter(({ op }) => op.startsWith("typing."));
    expect(told.map(({ op, id }) => [op, id])).toEqual([
      ["typing.start", undefined],
      ["typing.stop", undefined],
    ]);
  });
});
