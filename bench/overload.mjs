// Gives one worker twice the video that it can forward, and measures what becomes of a call beside it: its audio, and
// how long requests wait for their answers.
//
// The worker has a core of its own; clients and the server's other threads share the rest. The video that one publisher
// sends to 400 is raised (--surge: more pictures a second) until the worker sheds frames: packets/s over the share of its
// core, at best, is what it can take. Then twice that is sent. Meanwhile a call with audio only begins, and four clients
// ask for what the media engine answers (transport.stats, transport.restart) and for what it does not.
import {execFileSync, spawn} from "node:child_process";
import {once} from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {parseArgs} from "node:util";
import {ask_until} from "./control_client.mjs";
import {kBuild, kRoot, kServers, machine} from "./servers.mjs";

const {values} = parseArgs({options: {
  subscribers: {type: "string", default: "400"},
  bitrate: {type: "string", default: "1500000"},
  times: {type: "string", default: "2"},  // what the worker can take
  duration: {type: "string", default: "15"},
}});
const kAimMs = 100;
const kMostProbes = 5;
const kClients = 4;
const kPauseMs = 300;  // between two rounds of five requests: a session may ask 20 times a second

// The worker has a core of its own; clients and the server's other threads share the others.
const kWorkersCore = String(os.cpus().length - 1);
const kOthersCores = os.cpus().length > 2 ? `0-${os.cpus().length - 2}` : "0";

function spread_over_cores(pid) {
  for (const task of fs.readdirSync(`/proc/${pid}/task`)) {
    const worker = fs.readFileSync(`/proc/${pid}/task/${task}/comm`, "utf8").startsWith("media-");
    execFileSync("taskset", ["-pc", worker ? kWorkersCore : kOthersCores, task], {stdio: "ignore"});
  }
}

function resident_bytes(pid) {
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

// A generator that runs: `measuring` when it does, `report` when it is over.
function load(server, args) {
  const child = spawn("taskset", ["-c", kOthersCores, path.join(kBuild, "bench/load/parlance-load"),
    "--port", String(server.port), "--server-pid", String(server.pid), ...args], {stdio: ["ignore", "pipe", "pipe"]});
  process.once("exit", () => child.kill("SIGKILL"));
  let output = "";
  let errors = "";
  const closed = once(child, "close");
  child.stdout.on("data", (chunk) => (output += chunk));
  const measuring = new Promise((resolve, reject) => {
    child.stderr.on("data", (chunk) => {
      errors += chunk;
      if (errors.includes("measuring")) resolve();
    });
    closed.then(() => reject(new Error(`no load: ${errors}`)));
  });
  measuring.catch(() => {});
  const report = closed.then(() => {
    if (output === "") throw new Error(`no report: ${errors}`);
    return JSON.parse(output);
  });
  report.catch(() => {});
  return {measuring, report};
}

async function with_server(work) {
  const server = await kServers.parlance();
  try {
    spread_over_cores(server.pid);
    return await work(server);
  } finally {
    await server.stop();
  }
}

const video = (surge, duration) => ["--subscribers", values.subscribers, "--size", "1280x720", "--bitrate", values.bitrate,
  "--surge", String(surge), "--duration", String(duration), "--warm-up", "1", "--decrypt-every", "200"];
const offered = ({forwarded, scenario}) => forwarded.expected / scenario.duration_s;
const busy = ({server}) => server.threads.filter(({name}) => name.startsWith("media-")).reduce((sum, {cores}) => sum + cores, 0);

// What the worker does with video that is sent so many times as fast.
async function probe(surge) {
  const {report, counters} = await with_server(async (server) =>
    ({report: await load(server, video(surge, 3)).report, counters: await server.counters()}));
  const {packets_per_s} = report.forwarded;
  console.log(`${surge} x: ${Math.round(packets_per_s)} of ${Math.round(offered(report))} packets/s arrived, the worker took ` +
    `${busy(report).toFixed(2)} of its core, ${counters.frames_shed} frames shed`);
  return {surge, packets_per_s, whole_core: packets_per_s / busy(report), shed: counters.frames_shed, report};
}

// Faster and faster until it sheds frames: what a packet costs falls with the load.
async function find_capacity() {
  const probes = [];
  for (let surge = 1; probes.length < kMostProbes && !probes.at(-1)?.shed;) {
    const last = await probe(surge);
    probes.push(last);
    surge = Math.max(surge + 1, Math.floor(0.9 * surge / busy(last.report)));
  }
  return probes;
}

function quantile(all, share) {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

async function overload(surge) {
  return with_server(async (server) => {
    const crowd = load(server, video(surge, Number(values.duration) + 8));
    await crowd.measuring;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const resident = [resident_bytes(server.pid)];
    const call = load(server, ["--subscribers", "10", "--audio", "--no-video", "--duration", values.duration, "--warm-up", "1", "--most-loss", "1"]);
    let over = false;
    const asking = Array.from({length: kClients}, () => ask_until(() => over, server.port, kPauseMs));
    const watching = setInterval(() => resident.push(resident_bytes(server.pid)), 200);
    const audio = await call.report.finally(() => (over = true));
    clearInterval(watching);
    const each = await Promise.all(asking);
    const times = Object.fromEntries(Object.keys(each[0]).map((request) => [request, each.flatMap((one) => one[request])]));
    return {audio, times, resident, counters: await server.counters(), video: await crowd.report};
  });
}

const description = machine();
console.log(Object.entries(description).map(([key, value]) => `${key}: ${value}`).join("\n"));
const probes = await find_capacity();
const packets_per_s = Math.max(...probes.map(({whole_core}) => whole_core));
const surge = Math.ceil(Number(values.times) * packets_per_s / offered(probes[0].report));
console.log(`a whole core could take ${Math.round(packets_per_s)} packets/s`);
const result = await overload(surge);
const {audio, counters, resident, times} = result;
const {forwarded} = audio;
console.log(`offered: ${Math.round(offered(result.video))} packets/s at ${surge} x, ` +
  `${(offered(result.video) / packets_per_s).toFixed(2)} times what the worker can take; it was busy for ${busy(result.video).toFixed(2)} of its core`);
console.log(`video: ${Math.round(result.video.forwarded.packets_per_s)} packets/s arrived, ${counters.frames_shed} frames shed`);
console.log(`audio beside it: ${forwarded.missing} of ${forwarded.packets + forwarded.missing} packets missing, delay p50 ${(audio.delay_us.p50 / 1000).toFixed(1)} ms, ` +
  `p99 ${(audio.delay_us.p99 / 1000).toFixed(1)}, most ${(audio.delay_us.max / 1000).toFixed(1)}; joined in ${audio.join_ms.first_media.p50.toFixed(0)} ms (most ${audio.join_ms.first_media.max.toFixed(0)})`);
console.log(`resident: ${(resident[0] / 1e6).toFixed(1)} MB as it began, at most ${(Math.max(...resident) / 1e6).toFixed(1)}`);
console.log("drops:", Object.fromEntries(Object.entries(counters).filter(([name, count]) => count > 0 && /drop|refused|lost|shed|cut/.test(name))));
console.table(Object.entries(times).map(([request, all]) => ({request, answers: all.length, ...Object.fromEntries(
  [["p50_ms", 0.5], ["p99_ms", 0.99], ["max_ms", 1]].map(([name, share]) => [name, Number(quantile(all, share).toFixed(1))]))})));
const slow = Object.entries(times).filter(([, all]) => quantile(all, 0.99) > kAimMs).map(([request]) => request);
console.log(slow.length ? `slower than ${kAimMs} ms: ${slow}` : `all answers within ${kAimMs} ms (p99)`);
for (const fault of audio.faults) console.log(`audio: ${fault}`);

const folder = path.join(kRoot, "build/bench");
fs.mkdirSync(folder, {recursive: true});
fs.writeFileSync(path.join(folder, "overload.json"), JSON.stringify({machine: description, probes, ...result}, null, 1));
