// A Postgres server of a trial's own, in a temporary folder, reached by a Unix socket in it; fsync is on.
import {execFile, execFileSync, spawn} from "node:child_process";
import {once} from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {promisify} from "node:util";
import {adopt} from "../e2e/harness/server.mjs";
import {until} from "../e2e/harness/waiting.mjs";

const run = promisify(execFile);
const kVersions = "/usr/lib/postgresql";

// Where initdb and postgres are: Debian keeps them by version. Nothing where there is none.
function findPrograms() {
  const versions = fs.existsSync(kVersions) ? fs.readdirSync(kVersions).sort((a, b) => b - a) : [];
  return versions.map((version) => path.join(kVersions, version, "bin")).find((bin) => fs.existsSync(path.join(bin, "initdb")));
}

export const hasPostgres = findPrograms() !== undefined;

// Postgres refuses to run as root.
function findAccount() {
  if (process.getuid() !== 0) return {};
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, "nobody"])));
  return {uid, gid};
}

export class PrivatePostgres {
  #child;
  #account = findAccount();
  #programs = findPrograms();

  static async start() {
    const server = new PrivatePostgres();
    if (!server.#programs) throw new Error("no Postgres on this machine (Debian: apt-get install postgresql)");
    server.folder = fs.mkdtempSync(path.join(os.tmpdir(), "parlance-pg-"));
    if (server.#account.uid) fs.chownSync(server.folder, server.#account.uid, server.#account.gid);
    const made = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"];
    await run(path.join(server.#programs, "initdb"), [...made, `--pgdata=${server.folder}/data`], {...server.#account, cwd: "/"});
    await server.startAgain();
    return server;
  }

  get url() {
    return `postgres://postgres@/postgres?host=${this.folder}`;
  }

  async startAgain() {
    const settings = ["listen_addresses=", `unix_socket_directories=${this.folder}`, "fsync=on", "synchronous_commit=on"];
    const flags = ["-D", `${this.folder}/data`, ...settings.flatMap((setting) => ["-c", setting])];
    this.#child = adopt(spawn(path.join(this.#programs, "postgres"), flags, {...this.#account, cwd: "/", stdio: "ignore"}));
    await until("Postgres to be ready", () => run(path.join(this.#programs, "pg_isready"), ["-q", "-h", this.folder]).then(() => true));
  }

  // At once, without a checkpoint, as a machine that is switched off: the next start recovers.
  async stop() {
    this.#child.kill("SIGQUIT");
    if (this.#child.exitCode === null && !this.#child.signalCode) await once(this.#child, "exit");
  }

  // Neither answers nor closes anything until it goes on. Its children are the ones who answer.
  freeze() {
    this.#signalAll("SIGSTOP");
  }

  thaw() {
    this.#signalAll("SIGCONT");
  }

  #signalAll(signal) {
    const {pid} = this.#child;
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
    for (const each of [pid, ...children.map(Number)]) {
      try {
        process.kill(each, signal);
      } catch (error) {
        if (error.code !== "ESRCH") throw error;
      }
    }
  }

  async remove() {
    await this.stop();
    fs.rmSync(this.folder, {recursive: true, force: true});
  }
}
