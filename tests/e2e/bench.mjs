// script/bench: from the click on "join" to the first decoded frame of somebody else, 20 times each.
// The bare page is the SDK alone, connected before the click and sending nothing: viewers come one second apart,
// then each the moment the one before him sees. The web demo is all that a new guest waits for (account,
// connection, invite, room with chat, microphone, then the same), or one who was here before and is connected; one
// guest at a time: two cores have enough to do with drawing two such pages.
import {openInvite, startCall} from "./harness/app.mjs";
import {buildPage} from "./harness/bare_page.mjs";
import {launchChromium} from "./harness/browser.mjs";
import {Server} from "./harness/server.mjs";
import {delay, quantile} from "./harness/waiting.mjs";

const kTimes = 20;
const kViewersAtOnce = 5;  // of the bare page, in the call together: two cores can't decode twenty
const kApartMs = 1000;
const kSource = {width: 640, height: 360, fps: 20};

// `?code=` makes a viewer of it, without it the page is the source.
const kBarePage = `
  import {Client, openMicrophoneAndCamera} from "@parlance/sdk";
  const client = new Client();
  await client.enter("Somebody");
  await client.prepareMedia();
  const code = new URLSearchParams(location.search).get("code");
  const conversation = code ? await client.acceptInvite(code) : await client.createConversation("Bench");
  await conversation.open();
  document.querySelector("button")!.onclick = async () => {
    const call = await conversation.join();
    const video = document.querySelector("video")!;
    const show = () => {
      const media = call.participants.flatMap((participant) => [...participant.media.values()]);
      const track = media.find(({track}) => track?.kind === "video")?.track;
      if (track && !video.srcObject) video.srcObject = new MediaStream([track]);
    };
    call.on("change", show);
    show();
    Object.assign(window, {leave: () => call.leave()});
    if (code) return;
    const {microphone, camera} = await openMicrophoneAndCamera({width: 640, height: 360, frameRate: 20, maxBitrate: 1_500_000});
    await call.publish("microphone", microphone as MediaStreamTrack);
    await call.publish("camera", camera as MediaStreamTrack);
    document.body.dataset.code = conversation.inviteCode;
  };
  document.body.dataset.ready = "";
`;

const kKinds = {
  "bare page": {
    series: [
      {what: "viewers 1 s apart", viewers: kViewersAtOnce, pauseMs: kApartMs},
      {what: "viewers back to back", viewers: kViewersAtOnce, pauseMs: 0},
    ],
    page: () => buildPage(kBarePage),
    start: async (source, base) => {
      await source.open(base);
      await source.waitFor("[data-ready]");
      await source.page.locator("button").click();
      await source.waitFor("[data-code]");
      return source.evaluate(() => document.body.dataset.code);
    },
    open: async (viewer, base, code) => {
      await viewer.open(`${base}/?code=${code}`);
      await viewer.waitFor("[data-ready]");
    },
    join: (viewer) => viewer.page.locator("button").click(),
    leave: (viewer) => viewer.evaluate(() => window.leave()),
  },
  "web demo": {
    series: [
      {what: "new guests, one at a time", viewers: 1, pauseMs: kApartMs},
      {what: "guests who were here before, one at a time", viewers: 1, pauseMs: kApartMs, known: true},
    ],
    page: () => ({folder: undefined, remove() {}}),
    start: (source, base) => startCall(source, base, "Source"),
    open: async (viewer, base, code, known) => {
      await openInvite(viewer, base, code);
      await viewer.fill("name-input", viewer.name);
      if (known) {
        await viewer.click("join-chat");
        await viewer.waitFor("room");
        await openInvite(viewer, base, code);
      }
      await viewer.click("toggle-camera");
    },
    join: (viewer) => viewer.click("join-call"),
    leave: (viewer) => viewer.click("leave-call"),
  },
};

// A few viewers, all waiting before the door; then one after the other clicks.
async function round(chromium, kind, {viewers: count, pauseMs, known}, base, code) {
  const viewers = [];
  while (viewers.length < count) {
    const viewer = await chromium.tab(`viewer ${viewers.length}`);
    await kind.open(viewer, base, code, known);
    viewers.push(viewer);
  }
  await delay(kApartMs);
  const times = [];
  for (const viewer of viewers) {
    const first = viewer.evaluate(() => window.__e2e.firstFrameAfterClick());
    await kind.join(viewer);
    times.push(await first);
    await delay(pauseMs);
  }
  for (const viewer of viewers) {
    await kind.leave(viewer);
    await viewer.close();
  }
  await delay(kApartMs);
  return times;
}

async function measure(name) {
  const kind = kKinds[name];
  const page = await kind.page();
  const server = await Server.run({web: page.folder});
  const chromium = await launchChromium();
  try {
    const code = await kind.start(await chromium.tab("source", kSource), server.base);
    for (const series of kind.series) {
      const times = [];
      while (times.length < kTimes) times.push(...(await round(chromium, kind, series, server.base, code)));
      console.log(`join click to first decoded frame, ${name}, ${series.what}: ` +
        `median ${Math.round(quantile(times, 0.5))} ms, p90 ${Math.round(quantile(times, 0.9))} ms of ${times.length}`);
      if (process.argv.includes("--all")) console.log(times.map(Math.round).join(" "));
    }
  } finally {
    await chromium.close();
    await server.stop();
    page.remove();
  }
}

for (const name of Object.keys(kKinds)) await measure(name);
