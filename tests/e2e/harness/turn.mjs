// A real coturn on loopback with the shared secret of the test.
import {spawn} from "node:child_process";
import {once} from "node:events";
import {freePorts} from "./ports.mjs";
import {adopt} from "./server.mjs";
import {until} from "./waiting.mjs";

export async function startTurn({secret, realm = "parlance.test"}) {
  const port = await freePorts();
  const args = [
    "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`, `--realm=${realm}`,
    "--use-auth-secret", `--static-auth-secret=${secret}`, "--no-tls", "--no-dtls", "--no-cli",
    "--allow-loopback-peers", "--pidfile=", "--userdb=", "--log-file=stdout", "--verbose",
  ];
  const child = adopt(spawn("turnserver", args, {stdio: ["ignore", "pipe", "pipe"]}));
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
    },
  };
}
