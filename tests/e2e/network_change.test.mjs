// A client whose network changes: another local address, the old one gone, and the WebSocket with it.
import assert from "node:assert";
import test from "node:test";
import {guest, host, joinCall} from "./harness/call.mjs";
import {NativeClient} from "./harness/native_client.mjs";
import {twoNetworks} from "./harness/networks.mjs";
import {Server} from "./harness/server.mjs";
import {figure} from "./harness/waiting.mjs";

const kPackets = 50;  // a second of audio

const statistics = async (client, {id}) =>
  (await client.request("transport.stats", {c: client.c, transport: id})).stats;

const isComing = ({ev}) => /^(participant|producer|consumer|call)\./.test(ev);

test("after a change of network media flows both ways again, and nobody saw anything", async () => {
  const networks = twoNetworks();
  const server = await Server.run({announce: networks.here});
  const ada = await host(server.base, "Ada");
  const mover = await guest(server.base, ada.code, "Mover");
  await joinCall(ada);
  await joinCall(mover);
  const media = [new NativeClient(ada, 11110001), new NativeClient(mover, 22220001)];
  try {
    const [atHome, moving] = media;
    await atHome.start(networks.here);
    await moving.start(networks.there, networks.within);
    await Promise.all(media.flatMap((one) => [one.produce(), one.consume()]));
    await Promise.all(media.map((one) => one.receives(kPackets)));
    const {call: before} = await ada.request("call.get", {c: ada.c});
    const old = moving.state.recv.local;
    const eventsBefore = ada.events.length;

    mover.terminate();
    await mover.closed;
    networks.changeNetwork();
    const cut = Date.now();
    await mover.resume();
    await moving.move(networks.there);
    await Promise.all(media.map((one) => one.receives(1)));
    figure(`change of network (${networks.kind}): media both ways ${Date.now() - cut} ms later`);
    await Promise.all(media.map((one) => one.receives(kPackets)));

    for (const side of ["send", "recv"]) {
      const [transport, stream] = await statistics(mover, moving.transport(side));
      const {remoteIp, remotePort} = transport.iceSelectedTuple;
      assert.strictEqual(`${remoteIp}:${remotePort}`, moving.state[side].local);
      assert.ok(stream.packetCount >= kPackets, `${stream.type}: ${stream.packetCount} packets`);
    }
    assert.notStrictEqual(moving.state.recv.local.split(":")[0], old.split(":")[0]);
    assert.strictEqual(moving.state.undecryptable + atHome.state.undecryptable, 0);
    const {call: after} = await ada.request("call.get", {c: ada.c});
    for (const list of ["participants", "producers"]) assert.deepStrictEqual(after[list], before[list], `the same ${list}`);
    assert.ok(after.participants.some(({id}) => id === mover.participant));
    assert.deepStrictEqual(ada.events.slice(eventsBefore).filter(isComing), [], "the other saw nothing");
  } finally {
    for (const one of media) one.stop();
    networks.close();
    await server.stop();
  }
});
