// Clients write and read while everything fails that may fail: a short trial; script/soak has long ones.
import assert from "node:assert";
import test from "node:test";
import {kSeed} from "../e2e/harness/random.mjs";
import {figure} from "../e2e/harness/waiting.mjs";
import {trial, verdict} from "./trial.mjs";

const kSeconds = 20;

test("acknowledged is stored is delivered to every member while faults strike", {timeout: 240_000}, async () => {
  const result = await trial({seed: kSeed, seconds: kSeconds});
  assert.deepStrictEqual(result.complaints.length, 0, verdict(result));
  assert.ok(result.counts.acknowledged > 500, `too little happened: ${result.summary}`);
  figure(`faults: ${result.summary}`);
});
