// The checker finds a server that acknowledges before it commits, and finds nothing in the real one under the same.
import assert from "node:assert";
import path from "node:path";
import test from "node:test";
import {kBinary, kRoot} from "../e2e/harness/server.mjs";
import {figure} from "../e2e/harness/waiting.mjs";
import {trial, verdict} from "./trial.mjs";

const kEarlyAck = process.env.PARLANCE_EARLY_ACK_BINARY ??
  path.join(kRoot, "build/release/tests/support/faults/early_ack_server");
const kKills = [1000, 2500, 4000].map((at) => ({at, kind: "kill", forMs: 0}));

const underKills = (binary, settleMs) => trial({seed: 1, seconds: 5, binary, settleMs, plan: {server: kKills}});
const ofKind = ({complaints}, wanted) => complaints.filter(({kind}) => kind === wanted);

test("a server that acknowledges before it commits loses messages, and the checker says so", {timeout: 240_000}, async () => {
  // What is lost does not come, however long one waits.
  const result = await underKills(kEarlyAck, 3000);
  const lost = ofKind(result, "lost");
  assert.ok(lost.length > 0, verdict(result));
  assert.match(lost[0].text, /was told that .* is message \d+ .*: it is not in/);
  figure(`faults: ${lost.length} losses found of a planted acknowledgement before the commit, over ${kKills.length} kills`);
});

test("the real server loses nothing under the same kills", {timeout: 240_000}, async () => {
  const result = await underKills(kBinary);
  assert.deepStrictEqual(result.complaints.length, 0, verdict(result));
});
