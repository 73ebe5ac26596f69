// A client of docs/protocol.md without media: it asks, and measures how long answers take.
import crypto from "node:crypto";
import {performance} from "node:perf_hooks";
import WebSocket from "ws";

const kPatienceMs = 20_000;

export function new_id() {
  const bytes = crypto.randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const kMicrophone = {
  mid: "0",
  codecs: [{mimeType: "audio/opus", payloadType: 100, clockRate: 48_000, channels: 2, parameters: {}, rtcpFeedback: []}],
  headerExtensions: [],
  encodings: [{ssrc: 1234}],
  rtcp: {cname: "control", reducedSize: true},
};

async function post(port, path, body, token) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: {"content-type": "application/json", ...(token ? {authorization: `Bearer ${token}`} : {})},
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`POST ${path}: HTTP ${answer.status} ${await answer.text()}`);
  return answer.json();
}

export class ControlClient {
  #socket;
  #last_id = 0;
  #open = new Map();
  #last_event = 0;

  static async connect(port) {
    const client = new ControlClient();
    const {token} = await post(port, "/v1/guests", {name: "control"});
    const {ticket} = await post(port, "/v1/ws/tickets", {}, token);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ws?ticket=${ticket}`, "parlance.v1.json", {perMessageDeflate: false});
    client.#socket = socket;
    socket.on("message", (data) => data.toString().split("\n").filter(Boolean).forEach((line) => client.#receive(JSON.parse(line))));
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    await client.ask("session.start", {});
    return client;
  }

  // Its answer; the milliseconds that it took are in `times`, if there is one.
  ask(op, d, times) {
    const id = ++this.#last_id;
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const give_up = setTimeout(() => reject(new Error(`no answer to ${op}`)), kPatienceMs);
      this.#open.set(id, (frame) => {
        clearTimeout(give_up);
        times?.push(performance.now() - began);
        if (frame.err) reject(new Error(`${op}: ${JSON.stringify(frame.err)}`));
        else resolve(frame.ok);
      });
      this.#socket.send(JSON.stringify({id, op, d}));
    });
  }

  // In a call of its own, with a microphone that never connects: the media engine knows it all the same.
  async enter_call() {
    const c = new_id();
    const producer = new_id();
    await this.ask("conversation.create", {c, title: "control"});
    const {rtp_capabilities} = await this.ask("router.capabilities", {});
    const {self, send_transport: {id: transport}} = await this.ask("call.join", {c, participant: new_id(), rtp_capabilities});
    const value = Array(32).fill("AB").join(":");
    await this.ask("transport.connect", {c, transport, dtls_parameters: {role: "client", fingerprints: [{algorithm: "sha-256", value}]}});
    await this.ask("producer.create", {c, transport, producer, kind: "audio", source: "microphone", rtp_parameters: kMicrophone});
    return {c, transport, producer, participant: self.id};
  }

  close() {
    this.#socket.terminate();
  }

  #receive(frame) {
    if (frame.s) this.#last_event = frame.s;
    if (frame.s % 256 === 0) this.#socket.send(JSON.stringify({op: "hb", a: this.#last_event}));
    const answered = this.#open.get(frame.id);
    this.#open.delete(frame.id);
    answered?.(frame);
  }
}

// Asks this and that one by one, with a pause in between, until `over` says so; the milliseconds that each took.
export async function ask_until(over, port, pause_ms) {
  const client = await ControlClient.connect(port);
  const {c, transport, producer} = await client.enter_call();
  const times = {"transport.stats": [], "transport.restart": [], "producer.pause": [], "message.send": []};
  while (!over()) {
    await client.ask("transport.stats", {c, transport}, times["transport.stats"]);
    await client.ask("transport.restart", {c, transport}, times["transport.restart"]);
    await client.ask("producer.pause", {c, producer}, times["producer.pause"]);
    await client.ask("producer.resume", {c, producer});
    await client.ask("message.send", {c, cmid: new_id(), body: "still there?"}, times["message.send"]);
    await new Promise((resolve) => setTimeout(resolve, pause_ms));
  }
  client.close();
  return times;
}
