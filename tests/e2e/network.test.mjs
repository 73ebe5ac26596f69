// Bad networks: packets lost, reordered and replayed by the seeded relay; and none but by a TURN server.
import assert from "node:assert";
import test, {after, before} from "node:test";
import {joinByInvite, seesVideos, startCall} from "./harness/app.mjs";
import {launchChromium} from "./harness/browser.mjs";
import {silentSeconds, watchFrames} from "./harness/frames.mjs";
import {freePorts} from "./harness/ports.mjs";
import {kSeed} from "./harness/random.mjs";
import {Relay} from "./harness/relay.mjs";
import {Server} from "./harness/server.mjs";
import {harass} from "./harness/stranger.mjs";
import {startTurn} from "./harness/turn.mjs";
import {delay, figure} from "./harness/waiting.mjs";

const kShards = 2;

let chromium;
before(async () => (chromium = await launchChromium()));
after(() => chromium?.close());

// Two people in a call on that server, watched for that long.
async function watchTwo(context, server, {ms, switches = {}, meanwhile = async () => {}}) {
  const tabs = [await chromium.tab("Ada"), await chromium.tab("Bob")];
  try {
    const code = await startCall(tabs[0], server.base, "Ada", switches);
    await joinByInvite(tabs[1], server.base, code, "Bob", switches);
    await seesVideos(tabs, 1);
    const watch = await watchFrames(tabs);
    await meanwhile(tabs);
    await delay(ms);
    const reports = await watch.stop();
    assert.deepStrictEqual(silentSeconds(reports, 1), []);
    return reports;
  } catch (error) {
    for (const tab of tabs) await tab.screenshot(context.name);
    throw error;
  } finally {
    for (const tab of tabs) await tab.close();
  }
}

async function withRelay(options, body) {
  const server = await Server.make({shards: kShards});
  const listenPort = await freePorts(kShards);
  server.announce = `127.0.0.1:${listenPort}`;
  const relay = await new Relay({listenPort, serverPort: server.mediaPort, ports: kShards, seed: kSeed, ...options}).start();
  try {
    await server.start();
    await body(server, relay);
  } finally {
    relay.stop();
    await server.stop();
  }
}

test(`5 % lost and 3 % reordered both ways (seed ${kSeed}): no second without a frame, repaired by retransmission`, (context) =>
  withRelay({loss: 0.05, reorder: 0.03}, async (server, relay) => {
    const reports = await watchTwo(context, server, {ms: 20_000});
    assert.ok(relay.counts.droppedToServer > 0 && relay.counts.droppedToClient > 0 && relay.counts.reordered > 0);
    for (const {tab, first, last} of reports) {
      // Asked by NACK, or by transport-cc: Chromium also sends again what a feedback report says was lost, and that often comes
      // first, as these frames are one packet each and a gap shows only with the next frame. So NACKs are too few to count on.
      assert.ok(last.retransmissionsSent > first.retransmissionsSent, `${tab} repaired its way up`);
      assert.ok(last.nacksSent > 0, `${tab} asked the server`);
      assert.ok(last.retransmissionsReceived > first.retransmissionsReceived, `${tab} was answered by the server`);
    }
    const sum = (name) => reports.reduce((n, {last}) => n + last[name], 0);
    figure(`5 % loss both ways: ${relay.counts.droppedToServer} up and ${relay.counts.droppedToClient} down lost; ` +
      `${sum("retransmissionsSent")} sent again by browsers, ${sum("retransmissionsReceived")} by the server`);
  }));

test("packets that are replayed, made up or a stranger's disturb nobody", (context) =>
  withRelay({replay: 0.2, garbage: 0.2}, async (server, relay) => {
    const ufragOf = (tab) => tab.evaluate(
      () => window.__e2e.peers.map((pc) => pc.remoteDescription?.sdp.match(/ice-ufrag:(\S+)/)?.[1]).find(Boolean));
    let stranger;
    await watchTwo(context, server, {
      ms: 8_000,
      meanwhile: async (tabs) => {
        stranger = [0, 1].map((shard) => harass({port: server.mediaPort + shard, seed: kSeed + shard, ufrag: undefined}));
        stranger.push(harass({port: server.mediaPort, seed: kSeed, ufrag: await ufragOf(tabs[0])}));
      },
    });
    const strange = (await Promise.all(stranger.map((one) => one.stop()))).reduce((a, b) => a + b);
    assert.ok(relay.counts.replayed > 0 && relay.counts.garbage > 0);
    const metrics = await (await fetch(`${server.base}/metrics`)).text();
    for (const reason of ["bad_stun", "unknown_ufrag", "unknown_path", "unknown_datagram", "replayed"]) {
      assert.match(metrics, new RegExp(`drop_${reason}\\w*"\\} [1-9]`), `${reason} is counted`);
    }
    figure(`${relay.counts.replayed} packets replayed, ${relay.counts.garbage} made up, ${strange} of a stranger: no second without a frame`);
  }));

test("a client that may only use TURN is in the call through a coturn with the configuration that is shipped", async (context) => {
  const secret = `secret-${kSeed}`;
  const turn = await startTurn({secret, peer: "127.0.0.1"});
  const server = await Server.run({announce: "127.0.0.1", flags: ["--turn-url", turn.url, "--turn-secret", secret]});
  try {
    const reports = await watchTwo(context, server, {ms: 5_000, switches: {relay: "1"}});
    for (const {last} of reports) {
      assert.ok(last.pairs.length > 0);
      assert.deepStrictEqual(last.pairs.filter((pair) => !pair.startsWith("relay/")), []);
    }
    assert.match(turn.log(), /ALLOCATE processed, success/);
  } finally {
    await server.stop();
    await turn.stop();
  }
});
