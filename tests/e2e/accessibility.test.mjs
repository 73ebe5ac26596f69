// For people who use the keyboard, a screen reader, a phone or the dark: axe-core's rules over every screen,
// and the way through a call without a pointer.
import assert from "node:assert";
import test, {after, before} from "node:test";
import axe from "axe-core";
import {inCall, joinByInvite, microphoneOf, openInvite, say, seesVideos, startCall} from "./harness/app.mjs";
import {launchChromium} from "./harness/browser.mjs";
import {Server} from "./harness/server.mjs";
import {until} from "./harness/waiting.mjs";

const kRules = {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]};
const kLooks = [
  {look: "light", colorScheme: "light", viewport: {width: 1100, height: 700}},
  {look: "dark", colorScheme: "dark", viewport: {width: 1100, height: 700}},
  {look: "phone", colorScheme: "light", viewport: {width: 390, height: 844}},
];

let server;
let chromium;

before(async () => {
  server = await Server.run();
  chromium = await launchChromium();
});

after(async () => {
  await chromium?.close();
  await server?.stop();
});

// Two frames for the layout, and the ends of the transitions between two looks: half-way colours break rules.
const settled = (tab) => tab.evaluate(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  await frame();
  const ending = document.getAnimations().filter((a) => a.effect.getTiming().iterations !== Infinity);
  await Promise.allSettled(ending.map(({finished}) => finished));
});

// What breaks a rule on the screen as it is, in every look: the rule and where.
async function violations(tab, screen) {
  const found = [];
  await tab.evaluate(axe.source);
  for (const {look, colorScheme, viewport} of kLooks) {
    await tab.page.emulateMedia({colorScheme, reducedMotion: "reduce"});
    await tab.page.setViewportSize(viewport);
    await settled(tab);
    const result = await tab.evaluate((runOnly) => window.axe.run(document, {runOnly}), kRules);
    for (const {id, nodes} of result.violations) found.push(`${screen}, ${look}: ${id}: ${nodes[0].html.slice(0, 160)}`);
    assert.ok(result.passes.length > 0);
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (wide) found.push(`${screen}, ${look}: wider than the window`);
  }
  await tab.page.setViewportSize(kLooks[0].viewport);
  return found;
}

// Presses Tab until the focus is there.
async function tabTo(tab, testId) {
  const order = [];
  for (let i = 0; i < 40; ++i) {
    await tab.press("Tab");
    const at = await tab.evaluate(() => document.activeElement?.getAttribute("data-testid"));
    if (at === testId) return;
    order.push(at);
  }
  assert.fail(`Tab never comes to ${testId}, only to ${order.join(" ")}`);
}

async function pressOn(tab, testId) {
  await tabTo(tab, testId);
  await tab.press("Enter");
}

test("no screen breaks a rule of accessibility, light, dark or on a phone", async () => {
  const ada = await chromium.tab("Ada");
  await ada.open(server.base);
  await ada.waitFor("name-input");
  const found = await violations(ada, "lobby");
  const code = await startCall(ada, server.base, "Ada");
  const bob = await chromium.tab("Bob");
  await openInvite(bob, server.base, code);
  found.push(...await violations(bob, "invited"));
  await joinByInvite(bob, server.base, code, "Bob");
  await seesVideos([ada, bob], 1);
  await say(bob, "hello");
  await ada.waitFor("message-body", {text: "hello"});
  found.push(...await violations(ada, "call with chat"));
  await ada.click("people-toggle");
  await ada.waitFor("member");
  found.push(...await violations(ada, "call with people"));
  await ada.click("settings");
  await ada.waitFor("settings-dialog");
  found.push(...await violations(ada, "settings"));
  await ada.click("settings-close");
  await bob.click("toggle-screen");
  await ada.waitFor("screen-video");
  found.push(...await violations(ada, "shared screen"));
  await ada.click("leave-call");
  await ada.waitFor("join-call");
  found.push(...await violations(ada, "after the call"));
  for (const tab of [ada, bob]) await tab.close();
  assert.deepStrictEqual(found, []);
});

test("a call can be started, muted, written in and left by the keyboard alone", async () => {
  const ada = await chromium.tab("Ada");
  const bob = await chromium.tab("Bob");
  await ada.open(server.base);
  await ada.waitFor("name-input");
  await until("the name to have the focus", () =>
    ada.evaluate(() => document.activeElement?.getAttribute("data-testid") === "name-input"));
  await ada.page.keyboard.type("Ada");
  await ada.press("Enter");
  await inCall(ada);
  const code = await ada.evaluate(() => location.pathname.split("/").at(-1));
  await joinByInvite(bob, server.base, code, "Bob");
  await pressOn(ada, "toggle-microphone");
  await bob.waitFor(microphoneOf("Ada", "off"));
  await ada.press("m");
  await bob.waitFor(microphoneOf("Ada", "on"));
  await tabTo(ada, "message-input");
  await ada.page.keyboard.type("by keys");
  await ada.press("Enter");
  await bob.waitFor("message-body", {text: "by keys"});
  await pressOn(ada, "leave-call");
  await ada.waitFor("leave-call", {gone: true});
  await bob.waitFor("tile", {gone: true});
});
