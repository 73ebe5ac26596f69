// A client of docs/protocol.md on a bare WebSocket, without the SDK: what the tests compare the rest with.
import crypto from "node:crypto";
import WebSocket from "ws";
import {checkFrame} from "./schemas.mjs";

const kSubprotocol = "parlance.v1.json";

export function uuidv7() {
  const bytes = crypto.randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// An `err` of the server, with its problem object in `problem`.
export class ProtocolError extends Error {
  constructor(problem) {
    super(`${problem.code}: ${problem.detail ?? problem.title}`);
    this.problem = problem;
  }
}

async function httpJson(url, {method = "GET", body, token, headers = {}} = {}) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : {"content-type": "application/json"}),
      ...(token ? {authorization: `Bearer ${token}`} : {}),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = text;
  }
  return {status: response.status, body: parsed, type: response.headers.get("content-type")};
}

export class ProtocolClient {
  #socket;
  #nextId = 1;
  #open = new Map();
  #waiters = new Set();
  lastS = 0;
  events = [];
  controls = [];
  unexpected = [];  // answers without id
  tap;  // function (frame, {op, d} that it answers): told of every frame as it comes; then no events are kept

  constructor(base) {
    this.base = base;
  }

  static http = httpJson;

  // Becomes a guest: user, device_id and token.
  async enter(name) {
    const {status, body} = await httpJson(`${this.base}/v1/guests`, {method: "POST", body: {name}});
    if (status !== 201) throw new Error(`POST /v1/guests: ${status} ${JSON.stringify(body)}`);
    this.user = body.user;
    this.token = body.token;
    return body;
  }

  async ticket() {
    const {status, body} = await httpJson(`${this.base}/v1/ws/tickets`, {method: "POST", body: {}, token: this.token});
    if (status !== 201) throw new Error(`POST /v1/ws/tickets: ${status} ${JSON.stringify(body)}`);
    return body.ticket;
  }

  // Opens the WebSocket, through a proxy at `via` if there is one, and waits for `hello`. A frame that breaks its
  // schema fails the test that it comes in.
  async connect({ticket, origin, subprotocol = kSubprotocol, via = this.base} = {}) {
    const url = `${via.replace(/^http/, "ws")}/v1/ws?ticket=${ticket ?? (await this.ticket())}`;
    const socket = new WebSocket(url, subprotocol, {origin, perMessageDeflate: false});
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        const error = new Error(`connection closed: ${code} ${reason}`);
        for (const {reject} of this.#open.values()) reject(error);
        this.#open.clear();
        this.#wake();
        resolve({code, reason: reason.toString()});
      });
    });
    socket.on("message", (data) => {
      for (const line of data.toString().split("\n")) {
        if (line) this.#receive(JSON.parse(line));
      }
    });
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
      socket.once("unexpected-response", (_, response) => {
        const error = new Error(`HTTP ${response.statusCode}`);
        error.status = response.statusCode;
        socket.on("error", () => {});
        reject(error);
        response.destroy();
      });
    });
    socket.on("error", () => {});
    this.hello = (await this.control("hello")).d;
    return this;
  }

  async start() {
    this.started = await this.request("session.start", {});
    return this.started;
  }

  // The same session on a new connection, after the old one broke.
  async resume() {
    const {session_id} = this.hello;
    this.controls = [];
    await this.connect();
    this.hello.session_id = session_id;
    const {resumed, reason} = await this.request("session.resume", {session_id, s: this.lastS});
    if (!resumed) throw new Error(`not resumed: ${reason}`);
    await this.control("resumed");
  }

  static async join(base, name) {
    const client = new ProtocolClient(base);
    await client.enter(name);
    await client.connect();
    await client.start();
    return client;
  }

  #receive(frame) {
    const request = this.#open.get(frame.id);
    checkFrame(frame, request?.op);
    this.tap?.(frame, request);
    if (frame.s) this.lastS = frame.s;
    if (frame.ev) {
      if (!this.tap) this.events.push(frame);
    } else if (frame.op) {
      this.controls.push(frame);
    } else if (frame.id !== undefined && request) {
      this.#open.delete(frame.id);
      if (frame.err) request.reject(new ProtocolError(frame.err));
      else request.resolve(frame.ok);
    } else {
      this.unexpected.push(frame);
    }
    this.#wake();
  }

  #wake() {
    for (const waiter of [...this.#waiters]) waiter();
  }

  request(op, d) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState === WebSocket.CLOSED) return reject(new Error("connection closed"));
      this.#open.set(id, {op, d, resolve, reject});
      this.raw(JSON.stringify({id, op, d}));
    });
  }

  raw(data, options) {
    this.#socket.send(data, options);
  }

  // The first element of a list of this client's that matches, now or later.
  waitIn(list, matches, what, timeoutMs = 15_000) {
    return new Promise((resolve, reject) => {
      const done = (fn, value) => {
        clearTimeout(timer);
        this.#waiters.delete(look);
        fn(value);
      };
      const look = () => {
        const found = list.find(matches);
        if (found) done(resolve, found);
        else if (this.#socket.readyState >= WebSocket.CLOSING) done(reject, new Error(`closed while waiting for ${what}`));
      };
      const timer = setTimeout(() => done(reject, new Error(`no ${what} within ${timeoutMs} ms`)), timeoutMs);
      this.#waiters.add(look);
      look();
    });
  }

  event(name, matches = () => true) {
    return this.waitIn(this.events, (e) => e.ev === name && matches(e), `event ${name}`);
  }

  control(op) {
    return this.waitIn(this.controls, (c) => c.op === op, `control ${op}`);
  }

  // All messages of a conversation, oldest first, page by page.
  async history(c) {
    const all = [];
    let after_q = 0;
    for (;;) {
      const {messages, has_more} = await this.request("message.history", {c, after_q, limit: 100});
      all.push(...messages);
      if (!has_more || messages.length === 0) return all;
      after_q = messages.at(-1).q;
    }
  }

  // The error code of a request that must fail.
  async refusal(op, d) {
    try {
      const ok = await this.request(op, d);
      throw new Error(`${op} was accepted: ${JSON.stringify(ok)}`);
    } catch (error) {
      if (error instanceof ProtocolError) return error.problem.code;
      throw error;
    }
  }

  terminate() {
    this.#socket?.terminate();
  }

  async close() {
    this.#socket?.close();
    await this.closed;
  }
}
