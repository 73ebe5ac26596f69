// script/bench: from the click on "join" to the first decoded frame of somebody else, 20 times, with viewers
// that come one second apart, and with viewers of whom each comes the moment the one before him sees.
import {openInvite, startCall} from "./harness/app.mjs";
import {launchChromium} from "./harness/browser.mjs";
import {Server} from "./harness/server.mjs";
import {delay, quantile} from "./harness/waiting.mjs";

const kTimes = 20;
const kViewersAtOnce = 5;  // in the call together, so that two cores are not busy with twenty decoders
const kApartMs = 1000;

const server = await Server.run();
const chromium = await launchChromium();
try {
  const source = await chromium.tab("source", {width: 640, height: 360, fps: 20});
  const code = await startCall(source, server.base, "Source");
  for (const [what, pauseMs] of [["1 s apart", kApartMs], ["back to back", 0]]) {
    const times = [];
    while (times.length < kTimes) times.push(...(await round(code, pauseMs, times.length)));
    console.log(`join click to first decoded frame, viewers ${what}: median ${Math.round(quantile(times, 0.5))} ms, ` +
      `p90 ${Math.round(quantile(times, 0.9))} ms of ${times.length}`);
    if (process.argv.includes("--all")) console.log(times.map(Math.round).join(" "));
  }
} finally {
  await chromium.close();
  await server.stop();
}

// A few viewers, all waiting before the door; then one after the other clicks.
async function round(code, pauseMs, number) {
  const viewers = [];
  for (let i = 0; i < kViewersAtOnce; ++i) {
    const viewer = await chromium.tab(`viewer-${number + i}`);
    await openInvite(viewer, server.base, code);
    await viewer.fill("name-input", `Viewer ${number + i}`);
    await viewer.click("toggle-camera");
    viewers.push(viewer);
  }
  await delay(kApartMs);
  const times = [];
  for (const viewer of viewers) {
    const first = viewer.evaluate(() => window.__e2e.firstFrameAfterClick());
    await viewer.click("join-call");
    times.push(await first);
    await delay(pauseMs);
  }
  for (const viewer of viewers) await viewer.close();
  await delay(kApartMs);
  return times;
}
