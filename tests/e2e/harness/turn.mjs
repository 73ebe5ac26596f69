// A real coturn by the configuration that is shipped, with what it says to change changed for this machine.
import {spawn} from "node:child_process";
import {once} from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {freePorts} from "./ports.mjs";
import {adopt, kRoot} from "./server.mjs";
import {until} from "./waiting.mjs";

const kShipped = path.join(kRoot, "turn-config/turnserver.conf");

// Puts each of these lines in the place of the one that sets the same thing, commented out or not.
function changed(text, lines) {
  return lines.reduce((so_far, line) => {
    const place = new RegExp(`^#?${line.split("=")[0]}=.*$`, "m");
    if (!place.test(so_far)) throw new Error(`${kShipped} has no line for ${line}`);
    return so_far.replace(place, line);
  }, text);
}

// `peer`: the one private address that may be relayed to; without it nothing on this machine may.
export async function startTurn({secret, peer}) {
  const port = await freePorts();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "parlance-turn-"));
  const file = path.join(folder, "turnserver.conf");
  // No certificate: turns: is not what is tested.
  const text = fs.readFileSync(kShipped, "utf8").replace(/^(cert|pkey|tls-listening-port)=.*$/gm, "");
  fs.writeFileSync(file, changed(text, [
    `listening-port=${port}`, `static-auth-secret=${secret}`, ...(peer ? [`allowed-peer-ip=${peer}`] : []),
  ]));
  const child = adopt(spawn("turnserver", [
    "-c", file, "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--no-tls", "--no-dtls", "--allow-loopback-peers",
    "--pidfile=", `--userdb=${path.join(folder, "turndb")}`, "--log-file=stdout", "--verbose",
  ], {stdio: ["ignore", "pipe", "pipe"]}));
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log += chunk));
  await until("coturn to listen", () => {
    if (child.exitCode !== null) throw Object.assign(new Error(`turnserver ended: ${log.slice(-2000)}`), {fatal: true});
    return log.includes(`127.0.0.1:${port}`);
  });
  return {
    port,
    url: `turn:127.0.0.1:${port}?transport=udp`,
    log: () => log,
    stop: async () => {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
      fs.rmSync(folder, {recursive: true});
    },
  };
}
