#!/usr/bin/env node
// The same clients drive our server and Janus through the same work, in turns, and the machine's floor beside them.
// See bench/README.md for how to read what it prints.
import {spawn} from "node:child_process";
import {once} from "node:events";
import fs from "node:fs";
import path from "node:path";
import {parseArgs} from "node:util";
import {kBuild, kServers, machine} from "./servers.mjs";

// The work of issue "The forwarding engine at full speed".
export const kWork = {
  video_400: ["--publishers", "1", "--subscribers", "400", "--size", "1280x720", "--bitrate", "1500000"],
  video_10: ["--publishers", "1", "--subscribers", "10", "--size", "1280x720", "--bitrate", "1500000"],
  opus_10x300: ["--publishers", "10", "--subscribers", "300", "--audio", "--no-video"],
  meeting_20: ["--publishers", "20", "--subscribers", "0", "--meeting", "--size", "640x360", "--bitrate", "500000"],
};

const kFigures = {
  cpu_us_per_packet: (r) => r.server.cpu_us_per_packet,
  packets_per_s: (r) => r.forwarded.packets_per_s,
  delay_p50_us: (r) => r.delay_us.p50,
  delay_p99_us: (r) => r.delay_us.p99,
  join_p50_ms: (r) => r.join_ms.first_media.p50,
  bytes_per_consumer: (r) => r.server.bytes_per_consumer,
};

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// A run that broke off has no figures.
const sound = (of) => (report) => (report.failed ? NaN : of(report));

// Median, and how far the furthest run is from it, as a share.
export function summary(all) {
  const values = all.filter((value) => !Number.isNaN(value));
  if (values.length === 0) return {median: NaN, spread: NaN, values};
  const middle = median(values);
  const spread = middle === 0 ? 0 : Math.max(...values.map((value) => Math.abs(value - middle))) / Math.abs(middle);
  return {median: middle, spread, values};
}

async function json_of(binary, args) {
  const child = spawn(path.join(kBuild, binary), args, {stdio: ["ignore", "pipe", "pipe"]});
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (errors += chunk));
  await once(child, "close");
  try {
    return JSON.parse(output);
  } catch {
    throw new Error(`${binary} gave no report: ${errors}`);
  }
}

async function one_run(name, args, workers) {
  const server = await kServers[name]({workers});
  try {
    return await json_of("bench/load/parlance-load",
      ["--sfu", name, "--port", String(server.port), "--server-pid", String(server.pid), ...args]);
  } finally {
    await server.stop();
  }
}

function print_work(work, result) {
  console.log(`\n${work}`);
  const names = Object.keys(result.servers);
  const rows = Object.keys(kFigures).map((figure) => {
    const row = {figure};
    for (const name of names) {
      const {median: middle, spread} = result.servers[name].figures[figure];
      row[name] = `${middle.toPrecision(4)} ±${(spread * 100).toFixed(0)}%`;
      if (name !== "parlance") row[`parlance/${name}`] = result.ratios[name][figure].median.toFixed(3);
    }
    return row;
  });
  console.table(rows);
  for (const name of names) {
    for (const fault of result.servers[name].faults) console.log(`  void, ${name}: ${fault}`);
  }
  if (result.floor) {
    const {trains, single} = result.floor;
    console.log(`  floor: ${trains.us_per_packet.toFixed(2)} us in trains of ${trains.packets_per_frame.toFixed(1)}, ` +
      `${single.us_per_packet.toFixed(2)} us one by one`);
  }
}

export async function compare({work, names, runs, duration, workers}) {
  const args = [...kWork[work], "--duration", String(duration)];
  const reports = Object.fromEntries(names.map((name) => [name, []]));
  for (let i = 0; i < runs; ++i) {
    for (const name of names) {  // A B A B
      try {
        reports[name].push(await one_run(name, args, workers));
      } catch (error) {
        reports[name].push({failed: error.message});
      }
    }
  }
  const result = {work, servers: {}, ratios: {}};
  for (const name of names) {
    result.servers[name] = {
      figures: Object.fromEntries(Object.entries(kFigures).map(([figure, of]) => [figure, summary(reports[name].map(sound(of)))])),
      faults: reports[name].flatMap((report) => report.failed ? [report.failed] : report.faults),
      reports: reports[name],
    };
  }
  // A ratio is of two runs that stand beside each other, so that what slows both down falls out.
  for (const name of names.filter((other) => other !== "parlance" && names.includes("parlance"))) {
    result.ratios[name] = Object.fromEntries(Object.entries(kFigures).map(([figure, of]) =>
      [figure, summary(reports.parlance.map((ours, i) => sound(of)(ours) / sound(of)(reports[name][i])))]));
  }
  if (work.startsWith("video_")) {
    result.floor = await json_of("bench/micro/parlance-floor",
      ["--subscribers", args[args.indexOf("--subscribers") + 1], "--duration", String(Math.min(duration, 5))]);
  }
  return result;
}

async function main() {
  const {values, positionals} = parseArgs({
    allowPositionals: true,
    options: {
      runs: {type: "string", default: "3"},
      duration: {type: "string", default: "10"},
      workers: {type: "string", default: "1"},
      servers: {type: "string", default: "parlance,janus"},
      json: {type: "string"},
    },
  });
  const works = positionals.length ? positionals : Object.keys(kWork);
  const unknown = works.filter((work) => !kWork[work]);
  if (unknown.length) throw new Error(`no such work: ${unknown}; there are ${Object.keys(kWork)}`);
  const description = machine();
  console.log(Object.entries(description).map(([key, value]) => `${key}: ${value}`).join("\n"));
  const results = [];
  for (const work of works) {
    const result = await compare({
      work,
      names: values.servers.split(","),
      runs: Number(values.runs),
      duration: Number(values.duration),
      workers: Number(values.workers),
    });
    print_work(work, result);
    results.push(result);
  }
  if (values.json) fs.writeFileSync(values.json, JSON.stringify({machine: description, results}, null, 1));
  if (results.some((result) => Object.values(result.servers).some(({faults}) => faults.length))) process.exitCode = 1;
}

if (import.meta.url === `file://${process.argv[1]}`) await main();
