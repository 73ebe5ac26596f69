// The harness itself: what it does to the network it does by its seed.
import assert from "node:assert";
import dgram from "node:dgram";
import test from "node:test";
import {freePorts} from "./harness/ports.mjs";
import {Relay} from "./harness/relay.mjs";
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
