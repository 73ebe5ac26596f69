// Phones and other machines in the same network: `--lan`, and what a page says that has no camera without it.
import {once} from "node:events";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import path from "node:path";
import test from "node:test";
import {joinByInvite, openInvite, seesVideos, startCall} from "./harness/app.mjs";
import {launchChromium} from "./harness/browser.mjs";
import {lacksSecondMachine, SecondMachine} from "./harness/second_machine.mjs";
import {Server} from "./harness/server.mjs";
import {until} from "./harness/waiting.mjs";

const skip = lacksSecondMachine();

// The answer's status; the connection is trusted only where the server's own certificate vouches for the name.
async function statusOf(url, ca) {
  const request = (url.startsWith("https:") ? https : http).get(url, {ca});
  const [response] = await once(request, "response");
  response.resume();
  return response.statusCode;
}

test("a second machine joins over HTTPS with the server's own certificate", {skip}, async () => {
  const machine = new SecondMachine();
  const server = await Server.make({announce: machine.here, flags: ["--lan"]});
  let near;
  let far;
  try {
    server.launch();
    const base = `https://${machine.here}:${server.httpPort}`;
    const certificate = path.join(server.data, "lan.crt");
    await until("the server to be ready under the address that others use",
      async () => (await statusOf(`${base}/readyz`, fs.readFileSync(certificate))) === 200);
    await until("the address for others to be printed", () => server.output.includes(base));
    near = await launchChromium();
    far = await machine.launchChromium();
    const ada = await near.tab("Ada", {ignoreHTTPSErrors: true});
    const bob = await far.tab("Bob", {ignoreHTTPSErrors: true});
    const code = await startCall(ada, `https://localhost:${server.httpPort}`, "Ada");
    await joinByInvite(bob, base, code, "Bob");
    await seesVideos([ada, bob], 1);
  } finally {
    await near?.close();
    await far?.close();
    await server.stop();
    machine.close();
  }
});

test("without HTTPS a second machine is told why it has no camera, and joins all the same", {skip}, async () => {
  const machine = new SecondMachine();
  const server = await Server.run({announce: machine.here});
  const [near, far] = [await launchChromium(), await machine.launchChromium()];
  try {
    const ada = await near.tab("Ada");
    const code = await startCall(ada, server.base, "Ada");
    const base = `http://${machine.here}:${server.httpPort}`;
    const bob = await far.tab("Bob");
    await openInvite(bob, base, code);
    await bob.waitFor("capture-problem", {text: "https://"});
    await bob.waitFor("capture-problem", {text: "--lan"});
    await joinByInvite(bob, base, code, "Bob");
    await seesVideos([bob], 1);
  } finally {
    await near.close();
    await far.close();
    await server.stop();
    machine.close();
  }
});
