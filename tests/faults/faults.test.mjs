// Clients write and read while everything fails that may fail: a short trial; script/soak has long ones.
import assert from "node:assert";
import test from "node:test";
import {kSeed} from "../e2e/harness/random.mjs";
import {figure} from "../e2e/harness/waiting.mjs";
import {hasPostgres} from "./private_postgres.mjs";
import {trial, verdict} from "./trial.mjs";

const kSeconds = 20;

async function strike(storage) {
  const result = await trial({seed: kSeed, seconds: kSeconds, storage});
  assert.deepStrictEqual(result.complaints.length, 0, verdict(result));
  assert.ok(result.counts.acknowledged > 500, `too little happened: ${result.summary}`);
  figure(`faults: ${result.summary}`);
}

test("acknowledged is stored is delivered to every member while faults strike", {timeout: 240_000}, () => strike("sqlite"));

test("so it is on Postgres, which is struck as well",
  {timeout: 240_000, skip: hasPostgres ? false : "no Postgres on this machine"}, () => strike("postgres"));
