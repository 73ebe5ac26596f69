// parlance-load against the real server: what benchmarks rest on holds in a small call. No speed counts here.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import {kRoot, runToEnd, Server} from "./harness/server.mjs";

const kLoad = process.env.PARLANCE_LOAD ?? path.join(kRoot, "build/release/bench/load/parlance-load");
const kSeconds = 3;
const kFps = 30;

test("every packet of a small call arrives, and every picture is decoded in order", async (t) => {
  const server = await Server.run({shards: 1, announce: "127.0.0.1"});
  t.after(() => server.stop());
  const file = path.join(server.data, "load.json");
  const {code, output} = await runToEnd([
    "--port", String(server.httpPort), "--server-pid", String(server.pid),
    "--light", "3", "--full", "1", "--audio", "--duration", String(kSeconds), "--fps", String(kFps),
    "--most-late", "60000", "--report", file, // a busy machine is no fault of the server's
  ], {binary: kLoad, timeoutMs: 120_000});
  assert.strictEqual(code, 0, output);
  const report = JSON.parse(fs.readFileSync(file, "utf8"));
  assert.deepStrictEqual(report.faults, []);

  const {forwarded, full, generator} = report;
  assert.strictEqual(forwarded.consumers, 4 * 2, "four subscribers to a camera and a microphone");
  assert.strictEqual(forwarded.loss, 0);
  assert.strictEqual(forwarded.unknown, 0);
  assert.ok(generator.decrypted > 0, "light subscribers looked into packets");
  assert.ok(generator.transport_feedbacks > 0, "transport-cc is negotiated and used");

  assert.strictEqual(full.subscribers, 1);
  assert.deepStrictEqual([full.broken, full.unreadable, full.out_of_order], [0, 0, 0]);
  assert.ok(full.pictures >= kSeconds * kFps, `${full.pictures} pictures`);
  assert.ok(full.sounds >= kSeconds * 50, `${full.sounds} packets of Opus`);
});
