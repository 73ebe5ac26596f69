// One call of three Chromium tabs and a Firefox, a second call on another shard, and workers that come and go.
import assert from "node:assert";
import test, {after, afterEach, before} from "node:test";
import {joinByInvite, seesVideos, startCall} from "./harness/app.mjs";
import {launchChromium, launchFirefox} from "./harness/browser.mjs";
import {silentSeconds, watchFrames} from "./harness/frames.mjs";
import {runToEnd, Server} from "./harness/server.mjs";
import {delay, figure} from "./harness/waiting.mjs";

const kWatchMs = 20_000;

let server;
let chromium;
let firefox;
const tabs = [];

before(async () => {
  server = await Server.run({shards: 4, workers: 2});
  [chromium, firefox] = await Promise.all([launchChromium(), launchFirefox()]);
});

after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await server?.stop();
});

afterEach(async (context) => {
  if (!context.passed) for (const tab of tabs) await tab.screenshot(context.name);
});

async function setWorkers(count) {
  const {code, output} = await runToEnd(server.command("workers", String(count)));
  assert.strictEqual(code, 0, output);
  assert.strictEqual((await server.load()).workers.length, count);
}

// The shards that calls are on, by their number of transports: two for each participant.
async function shardsByTransports() {
  const busy = (await server.load()).shards.filter(({routers}) => routers > 0);
  return Object.fromEntries(busy.map((shard) => [shard.transports, shard]));
}

// The worker of each call's shard.
async function workersOfCalls() {
  const {8: first, 4: other} = await shardsByTransports();
  return [first.worker, other.worker];
}

test("in two calls on two shards everyone sees and hears everyone in every second while workers come and go and take the calls along", async () => {
  const small = {width: 160, height: 90, fps: 10};
  const code = await startCall(await open(chromium, "Ada", small), server.base, "Ada");
  await joinByInvite(await open(chromium, "Bob", small), server.base, code, "Bob");
  await joinByInvite(await open(chromium, "Cleo", small), server.base, code, "Cleo");
  await joinByInvite(await open(firefox, "Fox", small), server.base, code, "Fox");
  const second = await startCall(await open(chromium, "Dan", small), server.base, "Dan");
  await joinByInvite(await open(chromium, "Eve", small), server.base, second, "Eve");
  const [first, other] = [tabs.slice(0, 4), tabs.slice(4)];
  await seesVideos(first, 3);
  await seesVideos(other, 1);
  const {8: firstShard, 4: otherShard, ...more} = await shardsByTransports();
  assert.deepStrictEqual(more, {});
  assert.ok(firstShard && otherShard && firstShard.port !== otherShard.port, "each call is on a shard of its own");
  assert.deepStrictEqual((await workersOfCalls()).sort(), [0, 1], "each worker has a call");

  const watches = await Promise.all([watchFrames(first), watchFrames(other)]);
  for (const [workers, callsOn] of [[3, [0, 1]], [1, [0, 0]], [2, [0, 1]]]) {
    await delay(kWatchMs / 4);
    await setWorkers(workers);
    assert.deepStrictEqual((await workersOfCalls()).sort(), callsOn, `with ${workers} workers`);
  }
  await delay(kWatchMs / 4 + 1000);
  const [reports, otherReports] = await Promise.all(watches.map((watch) => watch.stop()));
  assert.deepStrictEqual([...silentSeconds(reports, 3), ...silentSeconds(otherReports, 1)], []);
  for (const {seconds} of [...reports, ...otherReports]) assert.ok(seconds.length >= kWatchMs / 1000 - 1, `${seconds.length} seconds`);

  const ports = (list) => [...new Set(list.flatMap(({last}) => last.remotePorts))];
  assert.deepStrictEqual(ports(reports), [firstShard.port], "shards moved, and their calls with them");
  assert.deepStrictEqual(ports(otherReports), [otherShard.port]);
  const least = Math.min(...reports.flatMap(({seconds}) => seconds.flatMap(({frames}) => frames)));
  figure(`four in a call for 20 s, workers 2 -> 3 -> 1 -> 2: at least ${least} frames of everyone in every second`);
});

async function open(browser, name, options) {
  const tab = await browser.tab(name, options);
  tabs.push(tab);
  return tab;
}
