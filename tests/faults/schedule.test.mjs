// A seed is a schedule.
import assert from "node:assert";
import test from "node:test";
import {kKinds, schedule} from "./schedule.mjs";

const run = (seed, ms = 60_000) => schedule({seed, ms, members: 8, database: true});

test("the same seed strikes the same, another one otherwise", () => {
  assert.deepStrictEqual(run(3), run(3));
  assert.notDeepStrictEqual(run(3), run(4));
});

test("a minute has every kind of fault, and ends in time", () => {
  const strikes = Object.values(run(5)).flat();
  assert.deepStrictEqual([...new Set(strikes.map(({kind}) => kind))].sort(), [...kKinds].sort());
  for (const {at, forMs} of strikes) assert.ok(at + forMs <= 60_000);
});

test("the server's faults wait for each other", () => {
  const {server} = run(6);
  for (let i = 1; i < server.length; ++i) assert.ok(server[i].at > server[i - 1].at + server[i - 1].forMs);
});
