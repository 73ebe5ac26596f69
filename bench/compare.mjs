// The same clients drive our server and others through the same work, in turns, and the machine's floor beside them.
import {spawn} from "node:child_process";
import {once} from "node:events";
import path from "node:path";
import {kBuild, kServers} from "./servers.mjs";

const kFigures = {
  cpu_us_per_packet: (r) => r.server.cpu_us_per_packet,
  loss: (r) => r.forwarded.loss,
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

async function one_run(name, args, options) {
  const server = await kServers[name](options);
  try {
    return await json_of("bench/load/parlance-load",
      ["--sfu", name, "--port", String(server.port), "--server-pid", String(server.pid), ...args]);
  } finally {
    await server.stop();
  }
}

export function print_work(work, result) {
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

// Runs one work (see work.mjs) on the named servers, several times.
export async function compare({name: work, args: given, floor, workers = 1, flags = []}, {names, runs, duration}) {
  const args = [...given, "--duration", String(duration)];
  const reports = Object.fromEntries(names.map((name) => [name, []]));
  for (let i = 0; i < runs; ++i) {
    for (const name of names) {  // A B A B
      try {
        reports[name].push(await one_run(name, args, {workers, flags}));
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
  if (floor) {
    result.floor = await json_of("bench/micro/parlance-floor",
      ["--subscribers", String(floor), "--duration", String(Math.min(duration, 5))]);
  }
  return result;
}
