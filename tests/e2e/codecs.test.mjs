// Every codec from every browser that can encode it, to a Chromium and a Firefox at once.
import assert from "node:assert";
import test, {after, before} from "node:test";
import {joinByInvite, startCall} from "./harness/app.mjs";
import {launchChromium, launchFirefox} from "./harness/browser.mjs";
import {kLeastEnergy} from "./harness/frames.mjs";
import {Server} from "./harness/server.mjs";
import {until} from "./harness/waiting.mjs";

const kCodecs = ["VP8", "VP9", "H264", "AV1"];  // and Opus, which every call has
const kSmall = {width: 160, height: 90, fps: 10};

let server;
const browsers = {};
const matrix = [];

before(async () => {
  server = await Server.run();
  [browsers.chromium, browsers.firefox] = await Promise.all([launchChromium(), launchFirefox()]);
});

after(async () => {
  for (const row of matrix) console.log(`matrix: ${row}`);
  await Promise.all(Object.values(browsers).map((browser) => browser.close()));
  await server?.stop();
});

// Whether the browser says that it can encode; codecs without an encoder are named in the matrix.
const encodes = (tab, codec) =>
  tab.evaluate((name) => RTCRtpSender.getCapabilities("video").codecs.some((c) => c.mimeType.toLowerCase() === name), `video/${codec.toLowerCase()}`);

const decodes = (tab, codec) =>
  tab.evaluate((name) => RTCRtpReceiver.getCapabilities("video").codecs.some((c) => c.mimeType.toLowerCase() === name), `video/${codec.toLowerCase()}`);

async function framesOf(tab, codec) {
  const {video, codecs} = await tab.sample();
  return Object.keys(video)
    .filter((key) => codecs[key]?.toLowerCase() === `video/${codec.toLowerCase()}`)
    .reduce((sum, key) => sum + video[key], 0);
}

// How many streams of Opus brought more than silence.
async function heardByOpus(tab) {
  const {audio, codecs} = await tab.sample();
  return Object.keys(audio).filter((key) => codecs[key]?.toLowerCase() === "audio/opus" && audio[key] > kLeastEnergy).length;
}

for (const sender of ["chromium", "firefox"]) {
  test(`Opus from ${sender} is heard by Chromium and Firefox`, async (context) => {
    const tabs = [await browsers[sender].tab(`source-${sender}-Opus`, kSmall)];
    try {
      const code = await startCall(tabs[0], server.base, "Source");
      const cells = [];
      for (const kind of ["chromium", "firefox"]) {
        const listener = await browsers[kind].tab(`listener-${kind}-Opus`, kSmall);
        tabs.push(listener);
        await joinByInvite(listener, server.base, code, `Listener ${kind}`);
        await until(`${kind} to hear`, async () => (await heardByOpus(listener)) === 1);
        cells.push(`${kind} ok`);
        await tabs.pop().close();
      }
      matrix.push(`Opus from ${sender}: ${cells.join(", ")}`);
    } catch (error) {
      for (const tab of tabs) await tab.screenshot(context.name);
      throw error;
    } finally {
      for (const tab of tabs) await tab.close();
    }
  });

  for (const codec of kCodecs) {
    test(`${codec} from ${sender} is decoded by Chromium and Firefox`, async (context) => {
      const source = await browsers[sender].tab(`source-${sender}-${codec}`, kSmall);
      const viewers = [];
      try {
        await source.open(`${server.base}/`);
        if (!(await encodes(source, codec))) {
          matrix.push(`${codec} from ${sender}: no encoder`);
          context.skip(`${sender} has no ${codec} encoder`);
          return;
        }
        const code = await startCall(source, server.base, "Source", {codec: codec.toLowerCase()});
        const cells = [];
        for (const kind of ["chromium", "firefox"]) {
          const viewer = await browsers[kind].tab(`viewer-${kind}-${codec}`, kSmall);
          viewers.push(viewer);
          await joinByInvite(viewer, server.base, code, `Viewer ${kind}`);
          if (!(await decodes(viewer, codec))) {
            cells.push(`${kind} has no decoder`);
            continue;
          }
          const frames = await until(`${kind} to decode ${codec}`, async () => {
            const n = await framesOf(viewer, codec);
            return n >= 5 && n;
          });
          cells.push(`${kind} ok`);
          assert.ok(frames);
        }
        matrix.push(`${codec} from ${sender}: ${cells.join(", ")}`);
      } catch (error) {
        for (const tab of [source, ...viewers]) await tab.screenshot(context.name);
        throw error;
      } finally {
        for (const tab of [source, ...viewers]) await tab.close();
      }
    });
  }
}
