// parlance-load against the real server: what benchmarks rest on holds in a small call. No speed counts here.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import {kRoot, runToEnd, Server} from "./harness/server.mjs";

const kLoad = process.env.PARLANCE_LOAD ?? path.join(kRoot, "build/release/bench/load/parlance-load");
const kSeconds = 3;
const kFps = 30;

// The exit code, the output and the report of one run.
async function load(server) {
  const file = path.join(server.data, "load.json");
  const ended = await runToEnd([
    "--port", String(server.httpPort), "--server-pid", String(server.pid),
    "--light", "3", "--full", "1", "--audio", "--duration", String(kSeconds), "--fps", String(kFps),
    "--most-late", "60000", "--report", file, // a busy machine is no fault of the server's
  ], {binary: kLoad, timeoutMs: 120_000});
  return {...ended, report: fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined};
}

// A generator that the machine stopped for long shows nothing: it sends and reads seconds of media at once then.
const stood = ({report}) => report?.generator.late_us.max > 500_000;

test("every packet of a small call arrives, and every picture is decoded in order", async (t) => {
  const server = await Server.run({shards: 1, announce: "127.0.0.1"});
  t.after(() => server.stop());
  let run = await load(server);
  for (let again = 0; again < 2 && stood(run); ++again) run = await load(server);
  const {code, output, report} = run;
  assert.strictEqual(code, 0, output);
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
