// Measures the media plane: prints tables, writes report.json and report.html into build/bench.
// See bench/README.md for how to read them.
import fs from "node:fs";
import path from "node:path";
import {parseArgs} from "node:util";
import {compare, print_work} from "./compare.mjs";
import {kRoot, kServers, machine, missing} from "./servers.mjs";
import {kCompared, kShort, kWork} from "./work.mjs";

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    short: {type: "boolean", default: false},
    runs: {type: "string"},
    duration: {type: "string"},
    servers: {type: "string"},
  },
});

const all = values.short ? kShort : kWork;
const works = positionals.length ? positionals : Object.keys(all);
const unknown = works.filter((work) => !all[work]);
if (unknown.length) throw new Error(`no such work: ${unknown}; there are ${Object.keys(all)}`);
const absent = missing();
const names = values.servers ? values.servers.split(",") : Object.keys(kServers).filter((name) => !absent[name]);
const duration = Number(values.duration ?? (values.short ? 3 : 10));
const runs = Number(values.runs ?? (values.short ? 1 : 3));

const description = machine();
console.log(Object.entries(description).map(([key, value]) => `${key}: ${value}`).join("\n"));
for (const [name, why] of Object.entries(absent)) console.log(`${name} is left out: ${why}`);
const results = [];
for (const name of works) {
  const compared = kCompared.includes(name) || values.servers;
  const result = await compare({name, ...all[name]}, {names: compared ? names : ["parlance"], runs, duration});
  const {series, x} = all[name];
  print_work(name, result);
  results.push({...result, series, x});
}

const folder = path.join(kRoot, "build/bench");
fs.mkdirSync(folder, {recursive: true});
const report = {machine: description, results};
fs.writeFileSync(path.join(folder, "report.json"), JSON.stringify(report, null, 1));
const {page} = await import("./page.mjs");
fs.writeFileSync(path.join(folder, "report.html"), page(report));
console.log(`\nwritten: build/bench/report.html and report.json`);
if (results.some((result) => result.servers.parlance.faults.length)) process.exitCode = 1;
