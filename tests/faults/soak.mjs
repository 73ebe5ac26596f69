// node soak.mjs MINUTES [--seed N] [--storage sqlite|postgres|postgres://...]: one trial after the other, each with the next
// seed, until one finds something.
import crypto from "node:crypto";
import {parseArgs} from "node:util";
import {trial, verdict} from "./trial.mjs";

const kTrialSeconds = 60;
const kTogether = ["acknowledged", "stored", "deliveries"];

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {seed: {type: "string"}, storage: {type: "string", default: "sqlite"}},
});
const minutes = Number(positionals[0] ?? 10);
const first = Number(values.seed ?? crypto.randomInt(2 ** 31));
if (!(minutes > 0) || !Number.isInteger(first)) throw new Error("usage: soak.mjs MINUTES [--seed N] [--storage URL]");

const end = Date.now() + minutes * 60_000;
const sums = Object.fromEntries(kTogether.map((name) => [name, 0]));
let seed = first;
let violated = false;
for (; !violated && Date.now() < end; ++seed) {
  const seconds = Math.max(5, Math.min(kTrialSeconds, Math.round((end - Date.now()) / 1000)));
  const result = await trial({seed, seconds, storage: values.storage});
  for (const name of kTogether) sums[name] += result.counts[name];
  violated = result.complaints.length > 0;
  console.log(violated ? verdict(result) : result.summary);
}
const together = kTogether.map((name) => `${sums[name]} ${name}`).join(", ");
console.log(`${violated ? "VIOLATED with" : "nothing wrong with"} seeds ${first} to ${seed - 1}: ${together}`);
process.exit(violated ? 1 : 0);
