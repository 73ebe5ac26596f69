// The process itself: what must not start does not and says why; what stops loses nothing.
import assert from "node:assert";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import test, {after, before} from "node:test";
import {host} from "./harness/call.mjs";
import {freePorts} from "./harness/ports.mjs";
import {ProtocolClient, uuidv7} from "./harness/protocol_client.mjs";
import {runToEnd, Server} from "./harness/server.mjs";
import {figure} from "./harness/waiting.mjs";

let running;

before(async () => (running = await Server.run()));
after(() => running?.stop());

async function refused(change, pattern) {
  const second = await Server.make();
  const made = second.data;
  Object.assign(second, change);
  const {code, output} = await runToEnd(second.args());
  fs.rmSync(made, {recursive: true, force: true});
  assert.ok(code > 0, `exit code ${code}: ${output}`);
  assert.match(output, pattern);
  assert.ok((await fetch(`${running.base}/healthz`)).ok, "the first server lives on");
}

test("a second server does not start on the HTTP port of the first", () =>
  refused({httpPort: running.httpPort}, new RegExp(`port ${running.httpPort} .* in use: .* --http-port`)));

test("a second server does not start on the media ports of the first", () =>
  refused({mediaPort: running.mediaPort + 1},
    new RegExp(`UDP port ${running.mediaPort + 1} .* in use .*Stop it, or set media\\.port`)));

test("a second server does not start on the data folder of the first", () =>
  refused({data: running.data},
    new RegExp(`${path.basename(running.data)} is in use .*stop that one or give another folder with --data`)));

test("a data folder that cannot be written is named", async () => {
  const file = path.join(os.tmpdir(), `parlance-file-${process.pid}`);
  fs.writeFileSync(file, "not a folder");
  await refused({data: path.join(file, "data")}, new RegExp(`${path.basename(file)}.*: .*--data`));
  fs.rmSync(file);
});

for (const [what, text, pattern] of [
  ["is not TOML", "[media\nport = 1", /broken\.toml/],
  ["has an unknown key", "[media]\nprot = 5000\n", /prot/],
  ["has a value of the wrong kind", '[media]\nport = "many"\n', /port/],
  ["has a value out of range", "[media]\nshards = 0\n", /shards/],
]) {
  test(`a configuration that ${what} stops the start and the check`, async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "parlance-config-"));
    const file = path.join(folder, "broken.toml");
    fs.writeFileSync(file, text);
    for (const flags of [["--config", file], ["--config", file, "--check-config"]]) {
      const {code, output} = await runToEnd([...flags, "--http-port", String(await freePorts())]);
      assert.ok(code > 0, `exit code ${code}: ${output}`);
      assert.match(output, pattern);
    }
    fs.rmSync(folder, {recursive: true});
  });
}

test("on SIGTERM clients are told to come back, and what was acknowledged is there", async () => {
  const server = await Server.run();
  const client = await host(server.base);
  const sent = [];
  for (let i = 0; i < 50; ++i) {
    const cmid = uuidv7();
    sent.push(client.request("message.send", {c: client.c, cmid, body: `before the stop ${i}`}).then(() => cmid));
  }
  const acknowledged = [];
  const settled = Promise.all(sent.map((p) => p.then((cmid) => acknowledged.push(cmid), () => {})));
  await Promise.any(sent);
  const started = Date.now();
  const exit = server.terminate();
  assert.ok((await client.control("reconnect")).d.after_ms >= 0);
  assert.strictEqual((await client.closed).code, 4001);
  assert.strictEqual(await exit, 0);
  figure(`SIGTERM to exit: ${Date.now() - started} ms`);
  await settled;

  await server.start();
  const again = new ProtocolClient(server.base);
  again.token = client.token;
  await again.connect();
  await again.start();
  assert.ok(acknowledged.length > 0);
  const stored = new Set((await again.history(client.c)).map((message) => message.m));
  assert.deepStrictEqual(acknowledged.filter((cmid) => !stored.has(cmid)), []);
  await again.close();
  await server.stop();
});

test("health, readiness and metrics are served", async () => {
  for (const page of ["/healthz", "/readyz"]) assert.strictEqual((await fetch(`${running.base}${page}`)).status, 200);
  const metrics = await (await fetch(`${running.base}/metrics`)).text();
  assert.match(metrics, /^# TYPE parlance_\w+ (counter|gauge)/m);
});

test("the demo is served with types, caching and a strict policy", async () => {
  const page = await fetch(`${running.base}/`);
  assert.match(page.headers.get("content-type"), /^text\/html/);
  const policy = page.headers.get("content-security-policy");
  assert.match(policy, /default-src 'self'|default-src 'none'/);
  assert.doesNotMatch(policy, /script-src[^;]*unsafe/);
  assert.match(page.headers.get("cache-control"), /no-cache|no-store/);
  const script = (await page.text()).match(/src="(\/?[\w./-]+\.js)"/)[1];
  const asset = await fetch(new URL(script, `${running.base}/`));
  assert.match(asset.headers.get("content-type"), /javascript/);
  assert.match(asset.headers.get("cache-control"), /immutable|max-age/);
  // fetch() would tidy the path up before it is sent.
  const outside = await new Promise((resolve, reject) => {
    http.get(running.base, {path: "/../../../../../../../../etc/passwd"}, (answer) => {
      let body = "";
      answer.on("data", (bytes) => (body += bytes)).on("end", () => resolve(body));
    }).on("error", reject);
  });
  assert.doesNotMatch(outside, /root:/);
});
