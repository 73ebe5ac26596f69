// The servers that are compared, each as a process of its own with a configuration for one benchmark run.
import {spawn, execFileSync} from "node:child_process";
import {once} from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import {fileURLToPath} from "node:url";

export const kRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const kBuild = process.env.PARLANCE_BUILD ?? path.join(kRoot, "build/release");

const kJanusLibraries = "/usr/lib/x86_64-linux-gnu/janus";
const kMediasoupWorker = process.env.MEDIASOUP_WORKER_BIN ??
  path.join(kRoot, "bench/node_modules/mediasoup/worker/out/Release/mediasoup-worker");
const kPatienceMs = 20_000;

// Nothing that a run started outlives it, however it ends.
const started = new Set();
process.on("exit", () => started.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

async function free_port() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const {port} = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function listening(port, child, log) {
  const give_up = Date.now() + kPatienceMs;
  for (;;) {
    const socket = net.connect(port, "127.0.0.1");
    const open = await new Promise((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    if (child.exitCode !== null || Date.now() > give_up) throw new Error(`a server does not start: ${fs.readFileSync(log, "utf8")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function launch(binary, args, folder, port) {
  const log = path.join(folder, "log");
  const out = fs.openSync(log, "w");
  const child = spawn(binary, args, {stdio: ["ignore", out, out]});
  fs.closeSync(out);
  started.add(child);
  child.once("exit", () => started.delete(child));
  await listening(port, child, log);
  return {
    port,
    pid: child.pid,
    async stop() {
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      clearTimeout(killer);
      fs.rmSync(folder, {recursive: true, force: true});
    },
  };
}

const scratch = () => fs.mkdtempSync(path.join(os.tmpdir(), "parlance-bench-"));

async function parlance({workers = 1, flags = []} = {}) {
  const folder = scratch();
  const port = await free_port();
  const server = await launch(path.join(kBuild, "server/parlance"), [
    "--listen", "127.0.0.1", "--http-port", String(port), "--media-port", "0", "--media-listen", "127.0.0.1",
    "--announce", "127.0.0.1", "--shards", String(workers), "--workers", String(workers), "--storage", "memory:",
    "--data", path.join(folder, "data"), "--max-participants", "1024", "--web", "", ...flags,
  ], folder, port);
  const said = (name) => fs.readFileSync(path.join(folder, "data", name), "utf8").trim();
  return {
    ...server,
    // What all shards counted by now.
    async counters() {
      const headers = {authorization: `Bearer ${said("admin.token")}`};
      return (await (await fetch(`${said("admin.url")}/admin/load`, {headers})).json()).counters;
    },
  };
}

// ICE-lite and one event loop per worker: what its documentation advises for many subscribers.
async function janus({workers = 1} = {}) {
  const folder = scratch();
  const port = await free_port();
  const write = (name, text) => fs.writeFileSync(path.join(folder, name), text);
  const others = fs.readdirSync(path.join(kJanusLibraries, "transports"))
    .filter((name) => name.endsWith(".so") && name !== "libjanus_websockets.so").join(",");
  const plugins = fs.readdirSync(path.join(kJanusLibraries, "plugins"))
    .filter((name) => name.endsWith(".so") && name !== "libjanus_videoroom.so").join(",");
  write("janus.jcfg", `
general: {
  configs_folder = "${folder}"
  plugins_folder = "${kJanusLibraries}/plugins"
  transports_folder = "${kJanusLibraries}/transports"
  events_folder = "${kJanusLibraries}/events"
  loggers_folder = "${kJanusLibraries}/loggers"
  debug_level = 2
  event_loops = ${workers}
}
nat: { ice_lite = true }
plugins: { disable = "${plugins}" }
transports: { disable = "${others}" }
events: { broadcast = false }
`);
  write("janus.transport.websockets.jcfg", `
general: { json = "compact", ws = true, ws_port = ${port}, ws_ip = "127.0.0.1", wss = false, ws_logging = "err,warn" }
admin: { admin_ws = false }
`);
  write("janus.plugin.videoroom.jcfg", "general: {}\n");
  return launch("janus", ["-F", folder], folder, port);
}

// Counted is its worker alone, a process with one thread: signaling in Node is not held against it.
async function mediasoup({workers = 1} = {}) {
  if (workers !== 1) throw new Error("mediasoup's server uses one worker");
  const folder = scratch();
  const port = await free_port();
  const pid_file = path.join(folder, "worker.pid");
  const script = path.join(kRoot, "bench/mediasoup/server.mjs");
  const server = await launch(process.execPath, [script, "--port", String(port), "--pid-file", pid_file], folder, port);
  return {...server, pid: Number(fs.readFileSync(pid_file, "utf8"))};
}

export const kServers = {parlance, janus, mediasoup};

const kNeeded = {
  janus: {file: path.join(kJanusLibraries, "plugins"), why: "Debian's package is not installed"},
  mediasoup: {file: kMediasoupWorker, why: "there is no worker where MEDIASOUP_WORKER_BIN points, nor in its package"},
};

// Those that this machine doesn't have, and why.
export const missing = () =>
  Object.fromEntries(Object.entries(kNeeded).filter(([, {file}]) => !fs.existsSync(file)).map(([name, {why}]) => [name, why]));

export function machine() {
  const git = (...args) => execFileSync("git", args, {cwd: kRoot, encoding: "utf8"}).trim();
  return {
    date: new Date().toISOString(),
    cpu: os.cpus()[0]?.model,
    cores: os.cpus().length,
    memory_bytes: os.totalmem(),
    kernel: os.release(),
    load_before: os.loadavg()[0],
    commit: git("rev-parse", "--short", "HEAD"),
  };
}
