// What costs people nothing: a reload, a server killed and started again, a WebSocket that is gone for 20 s.
import assert from "node:assert";
import test, {after, before} from "node:test";
import {inCall, joinByInvite, messages, microphoneOf, participants, say, seesVideos, startCall} from "./harness/app.mjs";
import {launchChromium} from "./harness/browser.mjs";
import {guest, joinCall} from "./harness/call.mjs";
import {silentSeconds, watchFrames} from "./harness/frames.mjs";
import {freePorts} from "./harness/ports.mjs";
import {ProtocolClient, uuidv7} from "./harness/protocol_client.mjs";
import {Server} from "./harness/server.mjs";
import {TcpProxy} from "./harness/tcp_proxy.mjs";
import {delay, figure, until} from "./harness/waiting.mjs";

const kCutMs = 20_000;

let chromium;
before(async () => (chromium = await launchChromium()));
after(() => chromium?.close());

// Two people in a call with a chat, and a bare client that hears what others are told of them.
async function scene(context, body, {bobsBase = (server) => server.base} = {}) {
  const server = await Server.run();
  const tabs = [await chromium.tab("Ada"), await chromium.tab("Bob")];
  const proxies = [];
  try {
    const code = await startCall(tabs[0], server.base, "Ada");
    const base = await bobsBase(server, proxies);
    await joinByInvite(tabs[1], base, code, "Bob");
    await seesVideos(tabs, 1);
    const observer = await guest(server.base, code, "Observer");
    await joinCall(observer);
    await body({server, observer, proxy: proxies[0], ada: tabs[0], bob: tabs[1], tabs});
    await observer.close().catch(() => {});
  } catch (error) {
    for (const tab of tabs) await tab.screenshot(context.name);
    throw error;
  } finally {
    for (const tab of tabs) await tab.close();
    for (const proxy of proxies) proxy.stop();
    await server.stop();
  }
}

const comings = (observer) => observer.events.filter((e) => /^participant\./.test(e.ev)).map((e) => [e.ev, e.d]);

test("a reload brings the same person back into the call, and the others see nothing", (context) =>
  scene(context, async ({observer, ada, bob, tabs}) => {
    await say(bob, "before the reload");
    await ada.waitFor("message-body", {text: "before the reload"});
    const tiles = await participants(ada);
    const before = (await observer.request("call.get", {c: observer.c})).call.participants;
    const started = Date.now();
    await bob.reload();
    await inCall(bob);
    await seesVideos([bob], 1);
    figure(`reload: back in the call with video after ${Date.now() - started} ms`);
    await seesVideos(tabs, 1);
    assert.deepStrictEqual(await messages(bob), ["before the reload"]);
    assert.strictEqual(await participants(ada), tiles);
    assert.deepStrictEqual(comings(observer), []);
    assert.deepStrictEqual((await observer.request("call.get", {c: observer.c})).call.participants, before);
  }));

test("after kill -9 and a new start people are back by themselves, and no acknowledged message is missing", (context) =>
  scene(context, async ({server, observer, ada, bob, tabs}) => {
    await say(ada, "before the kill");
    await bob.waitFor("message-body", {text: "before the kill"});
    const acknowledged = [];
    let writing = true;
    const writer = (async () => {
      for (let i = 0; writing; ++i) {
        const body = `load ${i}`;
        await observer.request("message.send", {c: observer.c, cmid: uuidv7(), body}).then(
          () => acknowledged.push(body), () => (writing = false));
      }
    })();
    await until("messages to be acknowledged", () => acknowledged.length >= 30);
    await server.kill();
    await writer;
    await delay(1500);
    await server.start();
    const back = Date.now();
    await Promise.all(tabs.map((tab) => seesVideos([tab], 1)));
    figure(`kill -9: media in every tab ${Date.now() - back} ms after the server was back`);

    const observed = Object.assign(await guestAgain(observer), {c: observer.c});
    assert.strictEqual(observed.started.user.id, observer.user.id, "the guest is the same person");
    const stored = (await observed.history(observer.c)).map((message) => message.body);
    assert.deepStrictEqual(stored, [...new Set(stored)], "no message twice");
    assert.deepStrictEqual(["before the kill", ...acknowledged].filter((body) => !stored.includes(body)), []);
    await say(bob, "after the kill");
    await ada.waitFor("message-body", {text: "after the kill"});
    const shown = await messages(ada);
    assert.deepStrictEqual(shown, [...new Set(shown)], "no message is shown twice");
    await observed.close();
  }));

test("20 s without the WebSocket: media goes on, nobody leaves, chat and call state catch up", (context) =>
  scene(context, async ({observer, proxy, ada, bob, tabs}) => {
    const watch = await watchFrames(tabs);
    proxy.cut();
    await delay(kCutMs / 4);
    const said = Array.from({length: 5}, (_, i) => `while Bob is cut off ${i}`);
    for (const text of said) {
      await say(ada, text);
      await ada.waitFor("message-body", {text});
    }
    await say(bob, "written while cut off");
    await ada.click("toggle-microphone");
    await delay(kCutMs * 3 / 4);
    proxy.mend();
    const mended = Date.now();
    for (const text of [...said, "written while cut off"]) await bob.waitFor("message-body", {text});
    await ada.waitFor("message-body", {text: "written while cut off"});
    figure(`WebSocket back: chat caught up after ${Date.now() - mended} ms`);
    const reports = await watch.stop();
    assert.deepStrictEqual(silentSeconds(reports, 1), []);
    await bob.waitFor(microphoneOf("Ada", "off"));
    for (const tab of tabs) {
      assert.deepStrictEqual(await messages(tab), [...said, "written while cut off"], `the order in ${tab.name}'s tab`);
    }
    assert.deepStrictEqual(comings(observer), []);
    await ada.click("toggle-microphone");
    await bob.waitFor(microphoneOf("Ada", "on"));
    await seesVideos(tabs, 1);
  }, {
    bobsBase: async (server, proxies) => {
      const proxy = await new TcpProxy({listenPort: await freePorts(), serverPort: server.httpPort}).start();
      proxies.push(proxy);
      return `http://localhost:${proxy.listenPort}`;
    },
  }));

async function guestAgain(old) {
  const client = new ProtocolClient(old.base);
  client.token = old.token;
  await client.connect();
  await client.start();
  return client;
}
