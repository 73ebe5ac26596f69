// The web demo as a person uses it; the data-testids are those of web-demo/app/README.md.
import {until} from "./waiting.mjs";

const query = (options) => {
  const parameters = new URLSearchParams(options);
  return parameters.size > 0 ? `?${parameters}` : "";
};

// A new conversation with a call in it; returns the invite's code.
export async function startCall(tab, base, name, switches = {}) {
  await tab.open(`${base}/${query(switches)}`);
  await tab.fill("name-input", name);
  await tab.click("start-call");
  await inCall(tab);
  return inviteCode(tab);
}

export async function openInvite(tab, base, code, switches = {}) {
  await tab.open(`${base}/join/${code}${query(switches)}`);
  await tab.waitFor("name-input");
}

export async function joinByInvite(tab, base, code, name, switches = {}) {
  await openInvite(tab, base, code, switches);
  await tab.fill("name-input", name);
  await tab.click("join-call");
  await inCall(tab);
}

export const inCall = (tab) => tab.waitFor("leave-call");

export const inviteCode = (tab) =>
  until(`${tab.name} to be at an invite's address`, async () =>
    (await tab.evaluate(() => location.pathname)).match(/^\/join\/([\w-]+)$/)?.[1]);

// Waits until every tab decodes `others` videos: the moment from which seconds count.
export async function seesVideos(tabs, others, timeoutMs = 60_000) {
  for (const tab of tabs) {
    let before = await tab.sample();
    await until(`${tab.name} to decode ${others} videos`, async () => {
      const now = await tab.sample();
      const live = Object.keys(now.video).filter((key) => now.video[key] > (before.video[key] ?? 0)).length;
      before = now;
      return live >= others;
    }, {timeoutMs, everyMs: 400});
  }
}

export async function say(tab, text) {
  await tab.fill("message-input", text);
  await tab.press("Enter");
}

export const messages = (tab) => tab.texts("message-body");

export const participants = (tab) => tab.count("tile");

// The tile of somebody else, as it shows their microphone.
export const microphoneOf = (name, state) => `[data-testid="tile"][data-name="${name}"][data-microphone="${state}"]`;
