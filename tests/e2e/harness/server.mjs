// The real server as a process of its own: started on free ports with a data folder that goes with the test.
import {spawn} from "node:child_process";
import {once} from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {fileURLToPath} from "node:url";
import {freePorts} from "./ports.mjs";
import {until} from "./waiting.mjs";

export const kRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
export const kBinary = process.env.PARLANCE_BINARY ?? path.join(kRoot, "build/release/server/parlance");
const kWeb = path.join(kRoot, "web-demo/app/dist");

// Where clients send media: Firefox pairs no address of its own with loopback.
export const kMachine = Object.values(os.networkInterfaces()).flat()
  .find(({family, internal}) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";

// Nothing that a run started outlives it, however it ends.
const started = new Set();
process.on("exit", () => started.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

// Keeps the child among those that end with this process.
export function adopt(child) {
  started.add(child);
  child.once("exit", () => started.delete(child));
  return child;
}

export class Server {
  #child;
  output = "";

  static async make({shards = 2, workers = 1, announce, web = kWeb, flags = [], binary = kBinary} = {}) {
    const server = new Server();
    server.shards = shards;
    server.httpPort = await freePorts();
    server.mediaPort = await freePorts(shards);
    server.data = fs.mkdtempSync(path.join(os.tmpdir(), "parlance-e2e-"));
    Object.assign(server, {workers, announce, web, flags, binary});
    return server;
  }

  static async run(options) {
    const server = await Server.make(options);
    await server.start();
    return server;
  }

  get base() {
    return `http://localhost:${this.httpPort}`;
  }

  get pid() {
    return this.#child?.pid;
  }

  args() {
    return [
      "--http-port", String(this.httpPort), "--media-port", String(this.mediaPort),
      "--shards", String(this.shards), "--workers", String(this.workers),
      "--announce", this.announce ?? kMachine, "--data", this.data, "--web", this.web, ...this.flags,
    ];
  }

  // The command line of a subcommand that talks to this server.
  command(name, ...rest) {
    return ["--data", this.data, name, ...rest];
  }

  // What the admin endpoint tells of shards and workers.
  async load() {
    const [url, token] = ["admin.url", "admin.token"].map((name) => fs.readFileSync(path.join(this.data, name), "utf8").trim());
    const response = await fetch(`${url}/admin/load`, {headers: {authorization: `Bearer ${token}`}});
    if (!response.ok) throw new Error(`GET /admin/load: ${response.status}`);
    return response.json();
  }

  // Starts the process; it is not waited for.
  launch(args = this.args()) {
    const child = adopt(spawn(this.binary, args, {stdio: ["ignore", "pipe", "pipe"]}));
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        this.output += chunk;
        if (process.env.PARLANCE_E2E_VERBOSE) process.stderr.write(chunk);
      });
    }
    return child;
  }

  async start() {
    const child = this.launch();
    await until("the server to be ready", async () => {
      if (child.exitCode !== null || child.signalCode) {
        throw Object.assign(new Error(`the server ended: ${this.output.slice(-3000)}`), {fatal: true});
      }
      return (await fetch(`${this.base}/readyz`)).ok;
    }, {timeoutMs: 20_000, everyMs: 20});
  }

  // kill -9: nothing is flushed, nobody is told.
  async kill() {
    this.#child.kill("SIGKILL");
    if (this.#child.exitCode === null && !this.#child.signalCode) await once(this.#child, "exit");
  }

  // SIGTERM, and the exit code.
  async terminate() {
    this.#child.kill("SIGTERM");
    if (this.#child.exitCode === null && !this.#child.signalCode) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  async stop() {
    if (this.#child && this.#child.exitCode === null && !this.#child.signalCode) await this.kill();
    fs.rmSync(this.data, {recursive: true, force: true});
  }
}

// Runs the binary until it ends: for what must not start, for its subcommands, and for other programs.
export async function runToEnd(args, {binary = kBinary, env = {}, timeoutMs = 20_000} = {}) {
  const child = adopt(spawn(binary, args, {stdio: ["ignore", "pipe", "pipe"], env: {...process.env, ...env}}));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  const [code, signal] = await once(child, "exit");
  clearTimeout(timer);
  return {code, signal, output};
}
