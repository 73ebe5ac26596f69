// The short benchmark: media gets through, and the report says so. No speed counts here.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import {kShort} from "../../bench/work.mjs";
import {kRoot, runToEnd} from "./harness/server.mjs";

const kReport = path.join(kRoot, "build/bench/report");

test("script/bench media --short: every packet of all its work arrives, and the report has tables and a curve", async () => {
  for (const kind of ["json", "html"]) fs.rmSync(`${kReport}.${kind}`, {force: true});
  const {code, output} = await runToEnd([path.join(kRoot, "bench/media.mjs"), "--short"], {binary: process.execPath, timeoutMs: 280_000});
  assert.strictEqual(code, 0, output);

  const {results} = JSON.parse(fs.readFileSync(`${kReport}.json`, "utf8"));
  assert.deepStrictEqual(results.map(({work}) => work), Object.keys(kShort));
  for (const {work, servers: {parlance}} of results) {
    assert.deepStrictEqual(parlance.faults, [], work);
    assert.strictEqual(parlance.reports.length, 1, work);
    const {forwarded, server} = parlance.reports[0];
    assert.ok(forwarded.packets > 0 && forwarded.loss === 0, `${work}: ${JSON.stringify(forwarded)}`);
    assert.ok(server.cpu_us_per_packet > 0, work);
  }
  const html = fs.readFileSync(`${kReport}.html`, "utf8");
  assert.match(html, /<svg/);
  assert.match(html, /<h3>short_workers<\/h3>/);
});
