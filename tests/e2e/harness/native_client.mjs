// A participant without a browser: libnice's agent, our DTLS and SRTP, Opus packets with numbers in them.
import {spawn} from "node:child_process";
import path from "node:path";
import readline from "node:readline";
import {opusParameters} from "./media_fixtures.mjs";
import {uuidv7} from "./protocol_client.mjs";
import {adopt, kRoot} from "./server.mjs";
import {until} from "./waiting.mjs";

const kProgram = process.env.PARLANCE_NATIVE_CLIENT ??
  path.join(kRoot, "build/release/tests/support/media_client/native_client");

// Its media; `client` is the ProtocolClient that speaks for it and has joined a call.
export class NativeClient {
  state = {sent: 0, received: 0, send: {}, recv: {}};
  #child;
  #log = "";

  constructor(client, ssrc) {
    Object.assign(this, {client, ssrc});
  }

  // `within`: the command before the program's, for another network namespace.
  async start(localAddress, within = []) {
    const [command, ...args] = [...within, kProgram, localAddress, String(this.ssrc)];
    this.#child = adopt(spawn(command, args, {stdio: ["pipe", "pipe", "pipe"]}));
    this.#child.stderr.on("data", (chunk) => (this.#log += chunk));
    this.#child.stdin.on("error", () => {});
    readline.createInterface({input: this.#child.stdout}).on("line", (line) => Object.assign(this.state, JSON.parse(line)));
    await this.#see("its fingerprints", () => this.state.fingerprints);
    await Promise.all(["send", "recv"].map((side) => this.#connect(side)));
  }

  async #connect(side) {
    const {id, ice_parameters: ice, ice_candidates: [candidate], dtls_parameters: dtls} = this.transport(side);
    const {value} = dtls.fingerprints.find(({algorithm}) => algorithm === "sha-256");
    const address = candidate.address ?? candidate.ip;
    this.#tell("connect", side, ice.usernameFragment, ice.password, value, address, candidate.port, candidate.priority);
    const own = {role: "client", fingerprints: [{algorithm: "sha-256", value: this.state.fingerprints[side]}]};
    await this.client.request("transport.connect", {c: this.client.c, transport: id, dtls_parameters: own});
    await this.connected(side);
  }

  // Sends from here on.
  async produce() {
    await this.client.request("producer.create", {
      c: this.client.c, transport: this.transport("send").id, producer: uuidv7(), kind: "audio", source: "microphone",
      rtp_parameters: opusParameters(this.ssrc),
    });
    this.#tell("produce");
  }

  // Receives the one stream that is there or comes.
  async consume() {
    const there = this.client.joined.consumers[0];
    const consumer = there ?? (await this.client.event("consumer.created")).d.consumer;
    await this.client.request("consumer.resume", {c: this.client.c, consumers: [consumer.id]});
  }

  // Another local address, as after a change of network: ICE starts again, DTLS and SRTP go on.
  async move(localAddress) {
    for (const side of ["send", "recv"]) {
      const {ice_parameters: ice} = await this.client.request(
        "transport.restart", {c: this.client.c, transport: this.transport(side).id});
      this.#tell("move", side, localAddress, ice.usernameFragment, ice.password);
    }
    for (const side of ["send", "recv"]) {
      await this.#see(`${side} at ${localAddress}`, () =>
        this.state[side].connected && this.state[side].local.startsWith(`${localAddress}:`));
    }
  }

  transport(side) {
    return this.client.joined[`${side}_transport`];
  }

  connected(side) {
    return this.#see(`${side} to be connected`, () => this.state[side].connected);
  }

  // Waits for `packets` more than now.
  receives(packets) {
    const before = this.state.received;
    return this.#see(`${packets} packets more than ${before}`, () => this.state.received >= before + packets);
  }

  #tell(...words) {
    this.#child.stdin.write(`${words.join(" ")}\n`);
  }

  #see(what, probe) {
    return until(`the native client to see ${what}`, () => {
      if (this.#child.exitCode !== null || this.#child.signalCode) {
        throw Object.assign(new Error(`the native client ended: ${this.#log}`), {fatal: true});
      }
      return probe() || void 0;
    }, {everyMs: 20});
  }

  stop() {
    this.#child?.kill("SIGKILL");
  }
}
