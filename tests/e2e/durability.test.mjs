// What a client is told after its connection broke or the server was killed, event by event; tests/faults has the rest.
import assert from "node:assert";
import test from "node:test";
import {guest, host} from "./harness/call.mjs";
import {freePorts} from "./harness/ports.mjs";
import {ProtocolClient, uuidv7} from "./harness/protocol_client.mjs";
import {Server} from "./harness/server.mjs";
import {TcpProxy} from "./harness/tcp_proxy.mjs";
import {delay} from "./harness/waiting.mjs";

async function reconnect(base, token, c) {
  const client = new ProtocolClient(base);
  Object.assign(client, {token, c});
  await client.connect();
  await client.start();
  return client;
}

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
