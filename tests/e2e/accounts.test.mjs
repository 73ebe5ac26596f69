// Accounts on the real binary: administrators from the command line, tokens over a restart, and a log that tells
// nothing.
import assert from "node:assert";
import {spawn} from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test, {after, before} from "node:test";
import {ProtocolClient} from "./harness/protocol_client.mjs";
import {adopt, kBinary, runToEnd, Server} from "./harness/server.mjs";
import {until} from "./harness/waiting.mjs";

const kPassword = "a secret nobody may read";

let server;
const secrets = [kPassword];

before(async () => (server = await Server.run({web: "", flags: ["--log-level", "debug"]})));
after(() => server?.stop());

const ask = (method, where, {body, token} = {}) =>
  ProtocolClient.http(`${server.base}${where}`, {method, body, token});

function remember({status, body}) {
  assert.ok(status === 200 || status === 201, JSON.stringify(body));
  secrets.push(body.access_token, body.refresh_token, body.access_token.split(".")[2]);
  return body;
}

// `parlance admin create`, with a password on its standard input.
async function createWithPassword(login, password) {
  const child = adopt(spawn(kBinary, server.command("admin", "create", login, "--password-stdin")));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  child.stdin.end(`${password}\n`);
  const code = await new Promise((resolve) => child.once("close", resolve));
  return {code, output};
}

test("an administrator is made while the server runs", async () => {
  const {code, output} = await runToEnd(server.command("admin", "create", "root"));
  assert.equal(code, 0, output);
  const password = output.match(/Password: (\S{20})\n/)[1];
  secrets.push(password);
  const signedIn = remember(await ask("POST", "/v1/sessions", {body: {login: "root", password}}));
  assert.equal(signedIn.user.guest, false);
  const again = await runToEnd(server.command("admin", "create", "root"));
  assert.equal(again.code, 3);
  assert.match(again.output, /login is taken/);
  const weak = await createWithPassword("other", "password1");
  assert.equal(weak.code, 3);
  assert.match(weak.output, /8 to 256 characters/);
});

test("an administrator is made while the server is stopped, and tokens outlive a restart", async () => {
  const before = remember(await ask("POST", "/v1/accounts", {body: {login: "ada", password: kPassword}}));
  assert.equal(await server.terminate(), 0);
  const made = await createWithPassword("second", kPassword);
  assert.equal(made.code, 0, made.output);
  assert.doesNotMatch(made.output, new RegExp(kPassword));
  const taken = await createWithPassword("ada", kPassword);
  assert.equal(taken.code, 3);
  await server.start();
  remember(await ask("POST", "/v1/sessions", {body: {login: "second", password: kPassword}}));
  assert.equal((await ask("GET", "/v1/me", {token: before.access_token})).status, 200);
  const after = remember(await ask("POST", "/v1/tokens", {body: {refresh_token: before.refresh_token}}));
  assert.equal((await ask("GET", "/v1/me", {token: after.access_token})).status, 200);
});

test("the keys of access tokens are their owner's alone", () => {
  const folder = path.join(server.data, "token-keys");
  const keys = fs.readdirSync(folder);
  assert.equal(keys.length, 1);
  assert.equal(fs.statSync(path.join(folder, keys[0])).mode & 0o777, 0o600);
});

test("no password, token, ticket or hash is logged, whatever went right and wrong", async () => {
  const guest = new ProtocolClient(server.base);
  await guest.enter("Gwen");
  const ticket = await guest.ticket();
  await guest.connect({ticket});
  secrets.push(guest.token, ticket);
  const login = "gwen";
  const up = remember(await ask("POST", "/v1/accounts", {body: {login, password: kPassword}, token: guest.token}));
  assert.equal((await ask("POST", "/v1/sessions", {body: {login, password: `${kPassword}?`}})).status, 401);
  assert.equal((await ask("POST", "/v1/accounts", {body: {login, password: kPassword}})).status, 409);
  assert.equal((await ask("POST", "/v1/accounts", {body: {login: 7, password: kPassword}})).status, 400);
  const next = remember(await ask("POST", "/v1/tokens", {body: {refresh_token: up.refresh_token}}));
  assert.equal((await ask("GET", "/v1/me", {token: next.access_token})).status, 200);
  assert.equal((await ask("POST", "/v1/tokens", {body: {refresh_token: up.refresh_token}})).status, 401);
  assert.equal((await ask("GET", "/v1/me", {token: `${next.access_token}x`})).status, 401);
  assert.equal(await server.terminate(), 0);
  await until("the log's end", () => /stopped/.test(server.output.slice(-200)));
  assert.match(server.output, /serving on port/);
  for (const secret of secrets) assert.ok(!server.output.includes(secret), `the log shows ${secret}`);
  for (const pattern of [/argon2/, /Bearer/, /ticket=/, /BEGIN/]) assert.doesNotMatch(server.output, pattern);
});
