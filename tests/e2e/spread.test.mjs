// One call on several shards and workers: its people are where there is the least to do.
import assert from "node:assert";
import test from "node:test";
import {joinByInvite, seesVideos, startCall} from "./harness/app.mjs";
import {launchChromium} from "./harness/browser.mjs";
import {silentSeconds, watchFrames} from "./harness/frames.mjs";
import {Server} from "./harness/server.mjs";
import {delay, figure} from "./harness/waiting.mjs";

const kWatchMs = 10_000;

test("three people on two shards: nobody has a second without the others' frames", async (context) => {
  const server = await Server.run({shards: 2, workers: 2, flags: ["--spread-at", "0"]});
  const chromium = await launchChromium();
  const tabs = [];
  try {
    for (const name of ["Ada", "Bob", "Cy"]) tabs.push(await chromium.tab(name));
    const code = await startCall(tabs[0], server.base, "Ada");
    for (const tab of tabs.slice(1)) await joinByInvite(tab, server.base, code, tab.name);
    await seesVideos(tabs, 2);
    const {shards} = await server.load();
    assert.deepStrictEqual(shards.map(({routers}) => routers), [1, 1], "the call is on both");
    for (const {transports} of shards) assert.ok(transports > 0);

    const watch = await watchFrames(tabs);
    await delay(kWatchMs);
    assert.deepStrictEqual(silentSeconds(await watch.stop(), 2), []);
    const {counters} = await server.load();
    figure(`one call on two shards: ${counters.pipe_packets} packets passed between them, ` +
      `${counters.pipe_packets_dropped} dropped`);
    assert.ok(counters.pipe_packets > 0);
    assert.strictEqual(counters.pipe_packets_dropped, 0);

    // Who leaves takes along what was here of theirs, on both shards.
    await tabs[0].click("leave-call");
    await seesVideos(tabs.slice(1), 1);
  } catch (error) {
    for (const tab of tabs) await tab.screenshot(context.name);
    throw error;
  } finally {
    await chromium.close();
    await server.stop();
  }
});
