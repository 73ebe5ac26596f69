// Acknowledged is stored: kill -9 in the middle of writing, and connections that break under load.
import assert from "node:assert";
import test from "node:test";
import {guest, host} from "./harness/call.mjs";
import {freePorts} from "./harness/ports.mjs";
import {ProtocolClient, uuidv7} from "./harness/protocol_client.mjs";
import {Server} from "./harness/server.mjs";
import {TcpProxy} from "./harness/tcp_proxy.mjs";
import {delay, figure, until} from "./harness/waiting.mjs";

const kWriters = 4;
const kInFlight = 16;

// Sends without pause, kInFlight at a time, until its connection breaks; what was asked and what was answered.
function writeUntilCut(client, label) {
  const asked = new Map();
  const acknowledged = new Map();
  let number = 0;
  const one = async () => {
    for (;;) {
      const cmid = uuidv7();
      const body = `${label} ${++number}`;
      asked.set(cmid, body);
      try {
        acknowledged.set(cmid, await client.request("message.send", {c: client.c, cmid, body}));
      } catch {
        return;
      }
    }
  };
  return {asked, acknowledged, done: Promise.all(Array.from({length: kInFlight}, one))};
}

async function reconnect(base, token, c) {
  const client = new ProtocolClient(base);
  Object.assign(client, {token, c});
  await client.connect();
  await client.start();
  return client;
}

// Every acknowledged message is stored once, under its number, with its text; numbers have no gap.
function compare(messages, writers) {
  const byId = new Map(messages.map((message) => [message.m, message]));
  assert.strictEqual(byId.size, messages.length, "no message twice");
  assert.deepStrictEqual(messages.map((message) => message.q), messages.map((_, index) => index + 1));
  for (const {asked, acknowledged} of writers) {
    for (const [cmid, {q, r}] of acknowledged) {
      const stored = byId.get(cmid);
      assert.ok(stored, `acknowledged message ${asked.get(cmid)} is missing`);
      assert.deepStrictEqual([stored.q, stored.r, stored.body], [q, r, asked.get(cmid)]);
    }
  }
}

test("kill -9 while four write loses no acknowledged message and stores none twice", async () => {
  const server = await Server.run();
  const first = await host(server.base);
  const clients = [first];
  for (let i = 1; i < kWriters; ++i) clients.push(await guest(server.base, first.code, `Writer ${i}`));
  let count = 0;
  for (let round = 1; round <= 3; ++round) {
    const writers = clients.map((client, i) => writeUntilCut(client, `round ${round} writer ${i}`));
    await until("messages to be acknowledged", () => writers.every((writer) => writer.acknowledged.size >= 50));
    await server.kill();
    await Promise.all(writers.map((writer) => writer.done));
    await server.start();
    for (const [i, old] of clients.entries()) clients[i] = await reconnect(server.base, old.token, first.c);
    compare(await clients[0].history(first.c), writers);

    // What was not answered is sent again, under the same id, as the SDK does.
    for (const [i, {asked, acknowledged}] of writers.entries()) {
      for (const [cmid, body] of asked) {
        if (acknowledged.has(cmid)) continue;
        acknowledged.set(cmid, await clients[i].request("message.send", {c: first.c, cmid, body}));
      }
    }
    const stored = await clients[0].history(first.c);
    compare(stored, writers);
    count = stored.length;
  }
  figure(`messages stored over three kills: ${count}, none lost, none twice`);
  for (const client of clients) await client.close();
  await server.stop();
});

test("a connection that breaks resumes: every event once, in order", async () => {
  const server = await Server.run();
  const proxy = await new TcpProxy({listenPort: await freePorts(), serverPort: server.httpPort}).start();
  const writer = await host(server.base);
  const reader = await guest(`http://localhost:${proxy.listenPort}`, writer.code, "Reader");
  const send = (body) => writer.request("message.send", {c: writer.c, cmid: uuidv7(), body});
  await send("before");
  await reader.event("message.created");
  const {session_id} = reader.hello;
  proxy.cut();
  await reader.closed;
  for (let i = 0; i < 20; ++i) await send(`missed ${i}`);
  await delay(500);
  proxy.mend();

  const again = new ProtocolClient(reader.base);
  again.token = reader.token;
  await again.connect();
  const answer = await again.request("session.resume", {session_id, s: reader.lastS});
  assert.deepStrictEqual(answer, {resumed: true});
  await again.control("resumed");
  await send("after");
  await again.event("message.created", (e) => e.d.message.body === "after");
  const bodies = [...reader.events, ...again.events].filter((e) => e.ev === "message.created").map((e) => e.d.message.body);
  assert.deepStrictEqual(bodies, ["before", ...Array.from({length: 20}, (_, i) => `missed ${i}`), "after"]);
  const numbers = [...reader.events, ...again.events].filter((e) => e.s).map((e) => e.s);
  assert.deepStrictEqual(numbers, numbers.map((_, index) => index + numbers[0]));

  for (const client of [writer, again]) await client.close();
  proxy.stop();
  await server.stop();
});

test("a session that the server has lost is reset, and sync brings what was missed", async () => {
  const server = await Server.run();
  const writer = await host(server.base);
  const reader = await guest(server.base, writer.code, "Reader");
  await writer.request("message.send", {c: writer.c, cmid: uuidv7(), body: "one"});
  const seen = await reader.event("message.created");
  await server.kill();
  await Promise.all([reader.closed, writer.closed]);
  await server.start();
  const author = await reconnect(server.base, writer.token, writer.c);
  await author.request("message.send", {c: writer.c, cmid: uuidv7(), body: "two"});

  const again = new ProtocolClient(server.base);
  again.token = reader.token;
  await again.connect();
  const answer = await again.request("session.resume", {session_id: reader.hello.session_id, s: reader.lastS});
  assert.strictEqual(answer.resumed, false);
  const {user} = await again.start();
  assert.strictEqual(user.id, reader.user.id);
  const {events, has_more} = await again.request("sync", {cursors: [{c: writer.c, r: seen.r}]});
  assert.strictEqual(has_more, false);
  const missed = events.filter((e) => e.ev === "message.created");
  assert.deepStrictEqual(missed.map((e) => [e.d.message.body, e.r > seen.r, e.s]), [["two", true, undefined]]);
  for (const client of [author, again]) await client.close();
  await server.stop();
});
