// Debian's Chromium (playwright-core) and Firefox ESR (puppeteer-core, WebDriver BiDi) behind one small face.
import fs from "node:fs";
import path from "node:path";
import {fileURLToPath} from "node:url";
import {chromium} from "playwright-core";
import puppeteer from "puppeteer-core";
import {voiceFile} from "./voice.mjs";
import {until} from "./waiting.mjs";

const kHere = path.dirname(fileURLToPath(import.meta.url));
const kInPage = fs.readFileSync(path.join(kHere, "in_page.js"), "utf8");
const kOutput = path.join(kHere, "../output");
const kActionTimeoutMs = 30_000;

export const kChromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

const kChromiumFlags = [
  "--use-fake-ui-for-media-stream", "--no-sandbox", "--disable-gpu",
  "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required",
  "--auto-select-desktop-capture-source=Entire screen", "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--mute-audio",
];

const kFirefoxPreferences = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "media.autoplay.default": 0,
  "media.gmp-manager.updateEnabled": false,
  "app.update.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
};

// A test id, or a selector where there is more to say.
const byTestId = (id) => (id.includes("[") ? id : `[data-testid="${id}"]`);
const pageScript = (options) => `window.__e2eOptions = ${JSON.stringify(options)};\n${kInPage}`;

// One tab of either browser: what both can do, under one name.
class Tab {
  problems = [];  // errors of the page's console

  constructor(name, page) {
    this.name = name;
    this.page = page;
    page.on("console", (message) => {
      const type = message.type();
      if (type === "error") this.problems.push(message.text());
      if (process.env.PARLANCE_E2E_VERBOSE) console.log(`[${name}] ${type}: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.problems.push(String(error)));
  }

  evaluate(fn, argument) {
    return this.page.evaluate(fn, argument);
  }

  sample() {
    return this.evaluate(() => window.__e2e.sample());
  }

  // Waits until the element is there (for text: until it has it).
  async waitFor(id, {text, timeoutMs = kActionTimeoutMs, gone = false} = {}) {
    const what = `${this.name}: ${id}${text === undefined ? "" : ` with "${text}"`}${gone ? " to go" : ""}`;
    await until(what, () => this.evaluate(({selector, text, gone}) => {
      const found = [...document.querySelectorAll(selector)].some(
        (e) => text === undefined || e.textContent.includes(text) || e.value === text);
      return found !== gone;
    }, {selector: byTestId(id), text, gone}), {timeoutMs});
  }

  count(id) {
    return this.evaluate((selector) => document.querySelectorAll(selector).length, byTestId(id));
  }

  texts(id) {
    return this.evaluate(
      (selector) => [...document.querySelectorAll(selector)].map((e) => e.textContent.trim()), byTestId(id));
  }

  async screenshot(label) {
    fs.mkdirSync(kOutput, {recursive: true});
    const file = path.join(kOutput, `${label}-${this.name}.png`.replace(/[^\w.-]+/g, "_"));
    await this.page.screenshot({path: file}).catch(() => {});
    if (this.problems.length > 0) fs.writeFileSync(`${file}.log`, this.problems.join("\n"));
  }
}

class ChromiumTab extends Tab {
  async open(url) {
    await this.page.goto(url, {waitUntil: "domcontentloaded"});
  }

  async reload() {
    await this.page.reload({waitUntil: "domcontentloaded"});
  }

  async click(id) {
    await this.page.locator(byTestId(id)).first().click({timeout: kActionTimeoutMs});
  }

  async fill(id, text) {
    await this.page.locator(byTestId(id)).first().fill(text, {timeout: kActionTimeoutMs});
  }

  async press(key) {
    await this.page.keyboard.press(key);
  }

  async close() {
    await this.page.context().close();
  }
}

class FirefoxTab extends Tab {
  async open(url) {
    await this.page.goto(url, {waitUntil: "domcontentloaded"});
  }

  async reload() {
    await this.page.reload({waitUntil: "domcontentloaded"});
  }

  async click(id) {
    const element = await this.page.waitForSelector(`${byTestId(id)}:not([disabled])`, {timeout: kActionTimeoutMs, visible: true});
    await element.click();
  }

  async fill(id, text) {
    const element = await this.page.waitForSelector(byTestId(id), {timeout: kActionTimeoutMs, visible: true});
    await element.click({clickCount: 3});
    await element.type(text);
  }

  async press(key) {
    await this.page.keyboard.press(key);
  }

  async close() {
    await this.page.close();
  }
}

// One Chromium process with that many cameras; every tab has a context, and so a person, of its own.
export async function launchChromium({executablePath = kChromium, cameras = 1} = {}) {
  const browser = await chromium.launch({
    executablePath,
    args: [...kChromiumFlags, `--use-fake-device-for-media-stream=device-count=${cameras}`, `--use-file-for-fake-audio-capture=${voiceFile()}`],
    ignoreDefaultArgs: ["--mute-audio"],
  });
  return {
    kind: "chromium",
    version: browser.version(),
    tab: async (name, {ignoreHTTPSErrors = false, ...options} = {}) => {
      const context = await browser.newContext({viewport: {width: 1100, height: 700}, ignoreHTTPSErrors});
      await context.grantPermissions(["camera", "microphone"]);
      await context.addInitScript({content: pageScript(options)});
      return new ChromiumTab(name, await context.newPage());
    },
    close: () => browser.close(),
  };
}

export async function launchFirefox() {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: kFirefoxPreferences,
    args: ["--width=1100", "--height=700"],
  });
  return {
    kind: "firefox",
    version: await browser.version(),
    tab: async (name, options = {}) => {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.evaluateOnNewDocument(pageScript(options));
      return new FirefoxTab(name, page);
    },
    close: () => browser.close(),
  };
}
