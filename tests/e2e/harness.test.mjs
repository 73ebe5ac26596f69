// The harness itself: what it does to the network it does by its seed.
import assert from "node:assert";
import dgram from "node:dgram";
import {once} from "node:events";
import net from "node:net";
import test from "node:test";
import {freePorts} from "./harness/ports.mjs";
import {Relay} from "./harness/relay.mjs";
import {TcpProxy} from "./harness/tcp_proxy.mjs";
import {until} from "./harness/waiting.mjs";

async function passThrough(seed) {
  const [serverPort, listenPort] = [await freePorts(), await freePorts()];
  const relay = await new Relay({listenPort, serverPort, ports: 1, loss: 0.2, seed}).start();
  const server = dgram.createSocket("udp4");
  await new Promise((resolve) => server.bind(serverPort, "127.0.0.1", resolve));
  const arrived = [];
  server.on("message", (data) => arrived.push(data.readUInt16BE()));
  const client = dgram.createSocket("udp4");
  for (let i = 0; i < 500; ++i) {
    const data = Buffer.alloc(2);
    data.writeUInt16BE(i);
    await new Promise((resolve) => client.send(data, listenPort, "127.0.0.1", resolve));
  }
  await until("all that was passed to arrive", () => arrived.length + relay.counts.droppedToServer === 500);
  for (const socket of [client, server]) socket.close();
  relay.stop();
  return arrived;
}

test("the relay loses the same datagrams with the same seed", async () => {
  const [once, again, other] = [await passThrough(7), await passThrough(7), await passThrough(8)];
  assert.deepStrictEqual(once, again);
  assert.notDeepStrictEqual(once, other);
  assert.ok(once.length > 350 && once.length < 450, `${once.length} of 500 at 20 % loss`);
});

// A connection through a TCP proxy: both of its ends, and what came out at each.
async function proxied(body) {
  const sockets = [];
  const server = net.createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await new TcpProxy({serverPort: server.address().port}).start();
  const open = async () => {
    const ends = {client: net.connect(proxy.listenPort, "127.0.0.1"), heard: "", ended: 0};
    const before = sockets.length;
    await until("the connection", () => sockets.length > before);
    ends.server = sockets.at(-1);
    ends.client.on("data", (data) => (ends.heard += data));
    for (const socket of [ends.client, ends.server]) socket.on("error", () => {}).on("close", () => (ends.ended += 1));
    return ends;
  };
  await body(proxy, open);
  proxy.stop();
  for (const socket of sockets) socket.destroy();
  server.close();
}

test("a client that does not read gets everything once afterwards, and others go on", () => proxied(async (proxy, open) => {
  const slow = await open();
  proxy.hold();
  const other = await open();
  slow.server.write("one ");
  other.server.write("hello");
  await until("the other one's", () => other.heard === "hello");
  assert.strictEqual(slow.heard, "");
  slow.server.write("two");
  proxy.read();
  other.server.write(" again");
  await until("all of it", () => slow.heard === "one two" && other.heard === "hello again");
}));

test("of a connection that hangs neither side hears the end, and a new one works", () => proxied(async (proxy, open) => {
  const hung = await open();
  proxy.hang();
  hung.server.write("lost");
  hung.client.destroy();
  const other = await open();
  other.server.write("hello");
  await until("the new one's", () => other.heard === "hello");
  assert.deepStrictEqual([hung.heard, hung.ended, hung.server.destroyed], ["", 1, false]);
}));

test("a cut ends both sides", () => proxied(async (proxy, open) => {
  const cut = await open();
  proxy.cut();
  await until("both ends", () => cut.ended === 2);
}));
