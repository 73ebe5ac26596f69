// The example of the SDK's README, word for word, in two browsers' pages.
import assert from "node:assert";
import fs from "node:fs";
import {createRequire} from "node:module";
import os from "node:os";
import path from "node:path";
import test, {after, before} from "node:test";
import {seesVideos} from "./harness/app.mjs";
import {launchChromium} from "./harness/browser.mjs";
import {kRoot, Server} from "./harness/server.mjs";
import {until} from "./harness/waiting.mjs";

const kMaxLines = 20;
const kSdk = path.join(kRoot, "web-demo/sdk");

const example = /```ts\n(.*?)```/s.exec(fs.readFileSync(path.join(kSdk, "README.md"), "utf8"))[1];
let folder;
let server;
let chromium;

// A page with nothing but the example and three <video>s, as its reader would build it.
async function buildPage(source) {
  const {build} = await import(createRequire(path.join(kRoot, "web-demo/app/package.json")).resolve("vite"));
  const root = path.join(folder, "page");
  fs.mkdirSync(root);
  fs.writeFileSync(path.join(root, "example.ts"), source);
  fs.writeFileSync(path.join(root, "index.html"),
    `<!doctype html><title>Example</title><link rel="icon" href="data:,">${"<video autoplay muted></video>".repeat(3)}` +
    `<script type="module" src="./example.ts"></script>`);
  await build({
    root, logLevel: "error", configFile: false,
    resolve: {alias: {"@parlance/sdk": path.join(kSdk, "dist/index.js")}},
    build: {target: "es2022", modulePreload: {polyfill: false}},
  });
  return path.join(root, "dist");
}

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "parlance-example-"));
  server = await Server.run({web: await buildPage(example)});
  chromium = await launchChromium();
});

after(async () => {
  await chromium?.close();
  await server?.stop();
  fs.rmSync(folder, {recursive: true, force: true});
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
