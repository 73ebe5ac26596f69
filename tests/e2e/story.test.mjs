// What people do in a call and in its chat, by the page's own buttons.
import assert from "node:assert";
import test, {after, before} from "node:test";
import {joinByInvite, messages, microphoneOf, participants, say, seesVideos, startCall} from "./harness/app.mjs";
import {launchChromium} from "./harness/browser.mjs";
import {guest, joinCall} from "./harness/call.mjs";
import {NativeClient} from "./harness/native_client.mjs";
import {kMachine, Server} from "./harness/server.mjs";
import {until} from "./harness/waiting.mjs";

let server;
let chromium;
let ada;
let bob;
let code;

before(async () => {
  server = await Server.run();
  chromium = await launchChromium({cameras: 3});
  ada = await chromium.tab("Ada");
  bob = await chromium.tab("Bob");
  code = await startCall(ada, server.base, "Ada");
  await joinByInvite(bob, server.base, code, "Bob");
  await seesVideos([ada, bob], 1);
});

after(async () => {
  await chromium?.close();
  await server?.stop();
});

// One step of the story; the pages are pictured where it fails.
function step(name, body) {
  test(name, async () => {
    try {
      await body();
    } catch (error) {
      for (const tab of [ada, bob]) await tab.screenshot(name);
      throw error;
    }
  });
}

// Waits until packets of that many voices come in one and the same second.
async function hears(tab, voices) {
  let before = (await tab.sample()).audioPackets;
  await until(`${tab.name} to hear ${voices} voices`, async () => {
    const now = (await tab.sample()).audioPackets;
    const live = Object.keys(now).filter((key) => now[key] > (before[key] ?? 0)).length;
    before = now;
    return live >= voices ? live : 0;
  }, {everyMs: 1000});
}

// What the level meter shows, from 0 to 100.
const level = (tab) => tab.evaluate(() =>
  Number(document.querySelector('[data-testid="level-meter"]').getAttribute("aria-valuenow")));

// The camera that a call's video is taken from.
const sentCamera = (tab) => tab.evaluate(() => window.__e2e.peers.flatMap((pc) => pc.getSenders())
  .map(({track}) => track).find((track) => track?.kind === "video")?.getSettings().deviceId);

step("camera and microphone are checked before the call, and what is off there is off in it", async () => {
  const pia = await chromium.tab("Pia");
  const picture = (id) => until(`a picture in ${id}`, () => pia.evaluate(
    (selector) => document.querySelector(selector)?.videoWidth > 2, `[data-testid="${id}"]`));
  try {
    await pia.open(`${server.base}/`);
    await picture("preview-video");
    const shown = new Set();
    await until("the level meter to move", async () => shown.add(await level(pia)).size > 3 && Math.max(...shown) > 20,
      {everyMs: 50});
    await pia.click("toggle-microphone");
    await until("the level meter to lie still", async () => (await level(pia)) === 0);
    await pia.click("toggle-camera");
    await pia.waitFor("preview-video", {gone: true});
    await pia.click("toggle-camera");
    await picture("preview-video");
    await pia.fill("name-input", "Pia");
    await pia.click("start-call");
    await pia.waitFor('[data-testid="self-tile"][data-microphone="off"][data-camera="on"]');
    await picture("self-video");
  } catch (error) {
    await pia.screenshot("preview");
    throw error;
  } finally {
    await pia.close();
  }
});

step("the invite's link is shown and copied", async () => {
  const link = `${server.base}/join/${code}`;
  assert.deepStrictEqual(await ada.evaluate(
    () => [...document.querySelectorAll('[data-testid="invite-link"]')].map(({value}) => value)), [link]);
  await ada.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await ada.evaluate(() => navigator.clipboard.writeText("something else"));
  await ada.click("copy-invite");
  await ada.waitFor("copy-invite", {text: "Copied"});
  assert.strictEqual(await ada.evaluate(() => navigator.clipboard.readText()), link);
});

step("another camera is chosen in the middle of the call, and the others go on seeing", async () => {
  const before = await sentCamera(bob);
  const streams = Object.keys((await ada.sample()).video);
  await bob.click("settings");
  await bob.waitFor("select-camera");
  const options = await bob.evaluate(
    () => [...document.querySelectorAll('[data-testid="select-camera"] option')].map(({value}) => value));
  assert.ok(options.length === 3 && options[0] === before, `${options.length} cameras`);
  const other = options[2];  // Chromium's second fake camera measures depth and gives a call no frames
  await bob.page.locator('[data-testid="select-camera"]').selectOption(other);
  await until("the other camera to be sent", async () => (await sentCamera(bob)) === other);
  await bob.click("settings-close");
  await seesVideos([ada], 1);
  assert.deepStrictEqual(Object.keys((await ada.sample()).video), streams, "it is the stream of before");
});

const tileOf = (name, attribute, value) => `[data-testid="tile"][data-name="${name}"][data-${attribute}="${value}"]`;

step("microphone and camera off and on are seen by the others", async () => {
  await bob.click("toggle-microphone");
  await ada.waitFor(microphoneOf("Bob", "off"));
  await bob.click("toggle-camera");
  await ada.waitFor(tileOf("Bob", "camera", "off"));
  await bob.click("toggle-microphone");
  await bob.click("toggle-camera");
  await ada.waitFor(microphoneOf("Bob", "on"));
  await ada.waitFor(tileOf("Bob", "camera", "on"));
  await seesVideos([ada], 1);
});

step("who speaks is marked", async () => {
  await bob.click("toggle-microphone");
  try {
    await bob.waitFor(tileOf("Ada", "speaking", "true"));
  } finally {
    await bob.click("toggle-microphone");
  }
});

step("a shared screen is seen", async () => {
  await bob.click("toggle-screen");
  await ada.waitFor("screen-video");
  await until("frames of the screen", () =>
    ada.evaluate(() => document.querySelector('[data-testid="screen-video"]')?.videoWidth > 2));
  await bob.click("toggle-screen");
  await ada.waitFor("screen", {gone: true});
});

step("messages, typing and presence are seen at once", async () => {
  await bob.fill("message-input", "hel");
  await ada.waitFor("typing", {text: "Bob"});
  await say(bob, "hello Ada");
  await ada.waitFor("message-body", {text: "hello Ada"});
  await say(ada, "<b>hello</b> Bob");
  await bob.waitFor("message-body", {text: "<b>hello</b> Bob"});
  assert.deepStrictEqual(await messages(ada), ["hello Ada", "<b>hello</b> Bob"]);
  await ada.click("people-toggle");
  await ada.waitFor('[data-testid="member"][data-name="Bob"][data-online="true"]');
  await ada.click("chat-toggle");
});

step("the host mutes, locks and removes", async () => {
  await ada.click("host-menu");
  await ada.click("host-mute");
  await ada.waitFor(microphoneOf("Bob", "off"));
  await bob.waitFor('[data-testid="self-tile"][data-microphone="off"]');
  await ada.click("toggle-lock");
  await ada.waitFor('[data-testid="toggle-lock"][aria-pressed="true"]');
  const late = await chromium.tab("Late");
  await late.open(`${server.base}/join/${code}`);
  await late.fill("name-input", "Late");
  await late.click("join-call");
  await late.waitFor("[role=alert], [data-testid=error], [data-testid=notice]");
  assert.strictEqual(await ada.count("tile"), 1);
  await late.close();
  await ada.click("toggle-lock");
  await ada.waitFor('[data-testid="toggle-lock"][aria-pressed="false"]');
  await ada.click("host-menu");
  await ada.click("host-remove");
  await ada.waitFor("tile", {gone: true});
  await bob.waitFor("leave-call", {gone: true});
});

step("sixteen people fit the window and are heard, and the seventeenth is told that it is full", async () => {
  const crowd = [];
  const voices = [];
  for (let i = 0; i < 15; ++i) {
    crowd.push(await guest(server.base, code, `Guest ${i}`));
    await joinCall(crowd.at(-1));
    voices.push(new NativeClient(crowd.at(-1), 50_000 + i));
  }
  await until("sixteen tiles", async () => (await participants(ada)) === 15);
  await Promise.all(voices.map((voice) => voice.start(kMachine).then(() => voice.produce())));
  await hears(ada, 15);
  const hidden = await ada.evaluate(() => [...document.querySelectorAll('[data-testid="tile"], [data-testid="self-tile"]')]
    .map((tile) => tile.getBoundingClientRect())
    .filter(({left, top, right, bottom, width}) => left < 0 || top < 0 || right > innerWidth || bottom > innerHeight || width < 80)
    .length);
  assert.strictEqual(hidden, 0);
  await bob.open(`${server.base}/join/${code}`);
  await bob.click("join-call");
  await bob.waitFor("error", {text: "full"});
  for (const voice of voices) voice.stop();
  for (const client of crowd) {
    await client.request("call.leave", {c: client.c, participant: client.participant});
    await client.close();
  }
  await ada.waitFor("tile", {gone: true});
});

step("the chat works with no call", async () => {
  await ada.click("leave-call");
  await ada.waitFor("leave-call", {gone: true});
  await say(ada, "after the call");
  const carol = await chromium.tab("Carol");
  await carol.open(`${server.base}/join/${code}`);
  await carol.fill("name-input", "Carol");
  await carol.click("join-chat");
  await carol.waitFor("message-body", {text: "after the call"});
  await say(carol, "only here for the chat");
  await ada.waitFor("message-body", {text: "only here for the chat"});
  await carol.close();
});
