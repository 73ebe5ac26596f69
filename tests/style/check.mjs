// node tests/style/check.mjs NAME...: runs checks over this tree; what breaks a rule is printed.
import * as checks from "./checks.mjs";
import {kRoot} from "./source.mjs";

const wanted = process.argv.slice(2);
const skipped = new Set(["long_functions"]);
const names = wanted.length > 0 ? wanted : Object.keys(checks).filter((name) => !skipped.has(name));
let bad = 0;
for (const name of names) {
  for (const complaint of checks[name](kRoot)) {
    console.log(`${name}: ${complaint}`);
    ++bad;
  }
}
process.exitCode = bad > 0 ? 1 : 0;
