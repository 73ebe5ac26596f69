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

// The ports of the shards that calls are on, by their number of transports: two for each participant.
async function portsByTransports() {
  const busy = (await server.load()).shards.filter(({routers}) => routers > 0);
  return Object.fromEntries(busy.map(({transports, port}) => [transports, port]));
}

test("in two calls on two shards everyone sees and hears everyone in every second while a worker is added and one removed", async () => {
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
  const {8: firstPort, 4: otherPort, ...more} = await portsByTransports();
  assert.deepStrictEqual(more, {});
  assert.ok(firstPort && otherPort && firstPort !== otherPort, "each call is on a shard of its own");

  const watches = await Promise.all([watchFrames(first), watchFrames(other)]);
  await delay(kWatchMs / 3);
  await setWorkers(3);
  await delay(kWatchMs / 3);
  await setWorkers(2);
  await delay(kWatchMs / 3 + 1000);
  const [reports, otherReports] = await Promise.all(watches.map((watch) => watch.stop()));
  assert.deepStrictEqual([...silentSeconds(reports, 3), ...silentSeconds(otherReports, 1)], []);
  for (const {seconds} of reports) assert.ok(seconds.length >= kWatchMs / 1000 - 1, `${seconds.length} seconds`);

  assert.deepStrictEqual(await portsByTransports(), {8: firstPort, 4: otherPort}, "shards moved, calls did not");
  const ports = (list) => [...new Set(list.flatMap(({last}) => last.remotePorts))];
  assert.deepStrictEqual(ports(reports), [firstPort]);
  assert.deepStrictEqual(ports(otherReports), [otherPort]);
  const least = Math.min(...reports.flatMap(({seconds}) => seconds.flatMap(({frames}) => frames)));
  figure(`four in a call for 20 s, workers 2 -> 3 -> 2: at least ${least} frames of everyone in every second`);
});

async function open(browser, name, options) {
  const tab = await browser.tab(name, options);
  tabs.push(tab);
  return tab;
}
