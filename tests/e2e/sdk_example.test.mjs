// The example of the SDK's README, word for word, in two browsers' pages.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import test, {after, before} from "node:test";
import {seesVideos} from "./harness/app.mjs";
import {buildPage, kSdk} from "./harness/bare_page.mjs";
import {launchChromium} from "./harness/browser.mjs";
import {Server} from "./harness/server.mjs";
import {until} from "./harness/waiting.mjs";

const kMaxLines = 20;

const example = /```ts\n(.*?)```/s.exec(fs.readFileSync(path.join(kSdk, "README.md"), "utf8"))[1];
let page;
let server;
let chromium;

before(async () => {
  page = await buildPage(example);
  server = await Server.run({web: page.folder});
  chromium = await launchChromium();
});

after(async () => {
  await chromium?.close();
  await server?.stop();
  page?.remove();
});

test("the example is short", () => {
  assert.ok(example.trim().split("\n").length <= kMaxLines);
});

test("two pages of the example see each other, and read the invite", async () => {
  const said = [];
  const ada = await chromium.tab("Ada");
  ada.page.on("console", (message) => said.push(message.text()));
  await ada.open(server.base);
  const link = await until("the invite in the chat", () => said.join("\n").match(/^Join me: (\S+)$/m)?.[1]);
  const bob = await chromium.tab("Bob");
  await bob.open(link);
  await seesVideos([ada, bob], 1);
  await until("the picture in a <video>", () => bob.evaluate(
    () => [...document.querySelectorAll("video")].some((video) => video.videoWidth > 2 && !video.paused)));
  assert.deepStrictEqual([...ada.problems, ...bob.problems], []);
});
