// Makes docs/screenshot.png: four people in a call, with a conversation beside it. npm run screenshot.
import path from "node:path";
import {joinByInvite, say, seesVideos, startCall} from "./harness/app.mjs";
import {launchChromium} from "./harness/browser.mjs";
import {kRoot, Server} from "./harness/server.mjs";
import {until} from "./harness/waiting.mjs";

const kPeople = [
  {name: "Ada", wall: "#d9e2ec", decoration: "#9fb3c8", skin: "#f1c9a5", hair: "#4a2c17", shirt: "#486581", long: true},
  {name: "Bob", wall: "#f0e4d7", decoration: "#c9a27e", skin: "#8d5a3a", hair: "#1d1410", shirt: "#b44d2e", long: false},
  {name: "Cleo", wall: "#dcebdd", decoration: "#8fbc94", skin: "#d9a066", hair: "#111827", shirt: "#2f6f4f", long: true},
  {name: "Dan", wall: "#e6e0f0", decoration: "#a99bc9", skin: "#f7d7c4", hair: "#b9772c", shirt: "#4b3f72", long: false},
];

const kConversation = [
  ["Ada", "Good morning! Can everybody hear me?"],
  ["Cleo", "Loud and clear."],
  ["Bob", "I was on the train until just now: the call came along to the new network."],
  ["Ada", "Then let's go through the release. I'll share my screen in a minute."],
  ["Dan", "I have two questions about the second point, I'll write them here."],
  ["Cleo", "Take your time."],
];

// Runs in the page: a drawn person in front of a wall takes the fake camera's place.
function sitForAPortrait({wall, decoration, skin, hair, shirt, long}) {
  const draw = (canvas, t) => {
    const g = canvas.getContext("2d");
    const {width: w, height: h} = canvas;
    const shape = (color, path) => {
      g.fillStyle = color;
      g.beginPath();
      path();
      g.fill();
    };
    shape(wall, () => g.rect(0, 0, w, h));
    shape(decoration, () => g.roundRect(0.1 * w, 0.12 * h, 0.2 * w, 0.34 * h, 6));
    shape(wall, () => g.roundRect(0.115 * w, 0.145 * h, 0.17 * w, 0.29 * h, 4));
    shape(decoration, () => g.ellipse(0.2 * w, 0.33 * h, 0.05 * w, 0.07 * h, 0, 0, 7));
    for (let book = 0; book < 5; ++book) {
      const height = 0.2 + 0.02 * (book % 3);
      shape(book % 2 ? decoration : shirt, () => g.rect((0.72 + 0.035 * book) * w, (0.4 - height) * h, 0.028 * w, height * h));
    }
    shape(decoration, () => g.rect(0.7 * w, 0.4 * h, 0.22 * w, 0.02 * h));
    const x = w / 2 + 4 * Math.sin(t);
    const y = 0.46 * h + 2 * Math.sin(1.7 * t);
    const r = 0.17 * h;
    if (long) shape(hair, () => g.roundRect(x - 1.15 * r, y - 1.2 * r, 2.3 * r, 3 * r, r));
    shape(shirt, () => g.ellipse(x, h * 1.08, 2.5 * r, 2 * r, 0, Math.PI, 0));
    shape(skin, () => g.roundRect(x - 0.38 * r, y + 0.6 * r, 0.76 * r, 1.15 * r, 0.3 * r));
    shape(skin, () => g.ellipse(x, y, 0.9 * r, 1.15 * r, 0, 0, 7));
    shape(hair, () => g.ellipse(x, y - 0.5 * r, 0.98 * r, 0.75 * r, 0, Math.PI, 0));
    for (const side of [-1, 1]) {
      shape("#2b2118", () => g.ellipse(x + side * 0.34 * r, y - 0.02 * r, 0.08 * r, 0.1 * r, 0, 0, 7));
      shape(hair, () => g.rect(x + side * 0.34 * r - 0.17 * r, y - 0.27 * r, 0.34 * r, 0.07 * r));
    }
    g.strokeStyle = "#7a3b2e";
    g.lineWidth = 0.08 * r;
    g.beginPath();
    g.arc(x, y + 0.35 * r, 0.32 * r, 0.2 * Math.PI, 0.8 * Math.PI);
    g.stroke();
  };
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async ({video, audio}) => {
    const stream = audio ? await original({audio}) : new MediaStream();
    if (video) {
      const canvas = Object.assign(document.createElement("canvas"), {width: 1280, height: 720});
      setInterval(() => draw(canvas, performance.now() / 1000), 100);
      stream.addTrack(canvas.captureStream(10).getVideoTracks()[0]);
    }
    return stream;
  };
}

const server = await Server.run();
const chromium = await launchChromium();
try {
  const tabs = {};
  let code;
  for (const {name, ...looks} of kPeople) {
    const tab = (tabs[name] = await chromium.tab(name));
    await tab.page.addInitScript(sitForAPortrait, looks);
    if (code) await joinByInvite(tab, server.base, code, name);
    else code = await startCall(tab, server.base, name);
  }
  for (const [name, text] of kConversation) {
    await say(tabs[name], text);
    await tabs.Ada.waitFor("message-body", {text});
  }
  await tabs.Ada.page.setViewportSize({width: 1280, height: 760});
  await seesVideos([tabs.Ada], 3);
  for (const name of ["Ada", "Bob", "Dan"]) await tabs[name].click("toggle-microphone");
  await tabs.Ada.waitFor('[data-testid="tile"][data-name="Cleo"][data-speaking="true"]');
  await until("pictures at their full size", () => tabs.Ada.evaluate(
    () => [...document.querySelectorAll('[data-testid="tile-video"]')].every(({videoWidth}) => videoWidth >= 640)));
  await tabs.Ada.page.screenshot({path: path.join(kRoot, "docs/screenshot.png")});
} finally {
  await chromium.close();
  await server.stop();
}
