// A client that keeps its place whatever happens: resume or reset, sync by revision, every request until it is
// answered (docs/protocol.md). What it was told goes into its log as it comes, for the checker.
import {EventEmitter, once} from "node:events";
import {ProtocolClient, ProtocolError, uuidv7} from "../e2e/harness/protocol_client.mjs";
import {delay} from "../e2e/harness/waiting.mjs";
import {noted, streamOf} from "./events.mjs";

const kHeartbeatMs = 1000;
const kPatienceMs = 4000;  // a connection that is silent for so long is given up
const kLongestPauseMs = 150;  // before a new connection
const kUnauthenticated = 401;

let connections = 0;

// Where a member is in one stream: everything up to `reached` came, and some of what follows.
class Place {
  reached = 0;
  head = 0;  // the highest revision heard of
  #ahead = new Set();

  take(r) {
    this.head = Math.max(this.head, r);
    if (r > this.reached) this.#ahead.add(r);
    while (this.#ahead.delete(this.reached + 1)) this.reached += 1;
  }

  get behind() {
    return this.reached < this.head;
  }
}

export class Member extends EventEmitter {
  #client;
  #ready;      // the client, while its session runs
  #session;    // the session's id, until it is lost
  #s = 0;
  #places = new Map();
  #heardAt = 0;
  #living;
  #over = false;
  #away = 0;
  #lines = new Map();
  #nextN = 0;
  #holding = 0;  // who does not read hears nothing, and has patience
  log = [];
  counts = {resumed: 0, reset: 0, started: 0, refused: 0, repeated: 0};

  // `record` gets what was asked and acknowledged; the WebSocket goes through `proxy`.
  constructor({name, base, proxy, random, record}) {
    super();
    this.setMaxListeners(0);
    Object.assign(this, {name, base, proxy, random, record});
  }

  async enter() {
    const client = new ProtocolClient(this.base);
    await client.enter(this.name);
    Object.assign(this, {user: client.user, token: client.token});
  }

  // A connection of its own for a moment, with a session that nobody follows.
  async briefly(work) {
    const client = new ProtocolClient(this.base);
    client.token = this.token;
    await client.connect();
    await client.start();
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  }

  live() {
    this.#living = this.#stayConnected();
  }

  async leave() {
    this.#over = true;
    this.emit("change");
    this.#client?.terminate();
    await this.#living;
  }

  // Gone without a word, session and all; cursors are kept.
  vanish() {
    this.#away += 1;
    this.#session = undefined;
    this.#client?.terminate();
  }

  comeBack() {
    this.#away -= 1;
    this.emit("change");
  }

  // Reads nothing until read().
  hold() {
    this.#holding += 1;
    this.proxy.hold();
  }

  read() {
    this.#holding -= 1;
    if (this.#holding > 0) return;
    this.#heardAt = Date.now();
    this.proxy.read();
  }

  async #stayConnected() {
    while (!this.#over) {
      if (this.#away > 0) {
        await once(this, "change");
        continue;
      }
      await this.#connectOnce();
      await delay(this.random() * kLongestPauseMs);
    }
  }

  async #connectOnce() {
    const client = Object.assign(new ProtocolClient(this.base), {token: this.token, connection: ++connections});
    client.tap = (frame, request) => this.#take(client, frame, request);
    this.#client = client;
    this.#heardAt = Date.now();
    const watch = setInterval(() => this.#watch(client), kHeartbeatMs);
    try {
      await client.connect({via: this.proxy.base});
      await this.#begin(client);
      this.#ready = client;
      this.emit("change");
      await client.closed;
    } catch (error) {
      // A connection that breaks is what this is about; a refusal that is for ever is not.
      if (error.status === kUnauthenticated || (error instanceof ProtocolError && !error.problem.retryable)) throw error;
    } finally {
      clearInterval(watch);
      this.#ready = undefined;
      client.terminate();
      await client.closed;
    }
  }

  #watch(client) {
    if (this.#holding === 0 && Date.now() - this.#heardAt > kPatienceMs) client.terminate();
    else if (this.#ready === client) client.raw(JSON.stringify({op: "hb", a: this.#s}));
  }

  async #begin(client) {
    if (this.#session) {
      const {resumed} = await client.request("session.resume", {session_id: this.#session, s: this.#s});
      if (resumed) await client.control("resumed");
      else this.#session = undefined;
      this.counts[resumed ? "resumed" : "reset"] += 1;
    }
    if (!this.#session) {
      await client.request("session.start", {});
      this.counts.started += 1;
    }
    await this.#catchUp(client);
  }

  async #catchUp(client) {
    const own = `user:${this.user.id}`;
    for (let more = true; more && [...this.#places.values()].some((place) => place.behind);) {
      const cursors = [...this.#places].filter(([stream]) => stream !== own).map(([c, {reached: r}]) => ({c, r}));
      const limit = 20 + Math.floor(this.random() * 180);
      more = (await client.request("sync", {cursors, user_r: this.#places.get(own).reached, limit})).has_more;
    }
  }

  #place(stream) {
    if (!this.#places.has(stream)) this.#places.set(stream, new Place());
    return this.#places.get(stream);
  }

  // Every frame, before anything else happens.
  #take(client, frame, request) {
    if (client !== this.#client) return;
    this.#heardAt = Date.now();
    if (frame.ev) this.#takeEvent(frame);
    else if (frame.ok && request?.op === "session.start") this.#takeStart(client, frame.ok);
    else if (frame.ok && request?.op === "sync") this.#takePage(request.d, frame.ok);
    else if (frame.ok && request?.op === "message.send") this.#takeAcknowledgement(request.d, frame.ok);
  }

  #takeEvent(event) {
    if (!event.s) return;
    this.#s = event.s;
    if (!event.r) {
      this.log.push({kind: "push", s: event.s});
      return;
    }
    const stream = streamOf(event, this.user.id);
    const {r, digest} = noted(event);
    this.log.push({kind: "push", s: event.s, stream, r, digest});
    this.#reach(stream, r);
  }

  #takeStart(client, {conversations, user_r}) {
    this.#session = client.hello.session_id;
    this.#s = 0;
    const heads = new Map(conversations.map(({id, last_r}) => [id, last_r]));
    heads.set(`user:${this.user.id}`, user_r);
    this.log.push({kind: "start", heads});
    for (const [stream, r] of heads) this.#place(stream).head = Math.max(this.#place(stream).head, r);
  }

  #takePage({cursors, user_r}, {events}) {
    const pages = new Map(cursors.map(({c, r}) => [c, {kind: "page", stream: c, from: r, events: []}]));
    const own = `user:${this.user.id}`;
    pages.set(own, {kind: "page", stream: own, from: user_r, events: []});
    for (const event of events) {
      const {r, digest} = noted(event);
      const stream = streamOf(event, this.user.id);
      pages.get(stream).events.push({r, digest});
      this.#reach(stream, r);
    }
    for (const page of pages.values()) if (page.events.length > 0) this.log.push(page);
  }

  #takeAcknowledgement({c, cmid}, {q, r, dup}) {
    if (dup) this.counts.repeated += 1;
    this.record.acknowledged.push({member: this.name, c, cmid, q, r, line: dup ? undefined : this.#lines.get(cmid)});
  }

  #reach(stream, r) {
    this.#place(stream).take(r);
    this.emit("reached");
  }

  get streams() {
    return [...this.#places.keys()];
  }

  // Until everything up to those revisions came, [[stream, r]], or the deadline.
  async reached(heads, deadline) {
    const missing = () => [...heads].some(([stream, r]) => this.#place(stream).reached < r);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.emit("reached");
    }, deadline - Date.now());
    while (missing() && !late) await once(this, "reached");
    clearTimeout(timer);
  }

  async #connected() {
    while (!this.#ready && !this.#over) await once(this, "change");
    return this.#ready;
  }

  // Asks until there is an answer; nothing where the member left before.
  async ask(op, d) {
    for (let attempt = 1; ; ++attempt) {
      const client = await this.#connected();
      if (this.#over) return undefined;
      if (op === "message.send") this.#lineUp(d, client, attempt);
      try {
        return await client.request(op, d);
      } catch (error) {
        if (!(error instanceof ProtocolError)) continue;
        if (!error.problem.retryable) throw error;
        this.counts.refused += 1;
        await delay(error.problem.retry_after_ms ?? kLongestPauseMs);
      }
    }
  }

  // One request's place among those of its connection, as long as it is the only one for its message.
  #lineUp({cmid}, {connection}, attempt) {
    if (attempt === 1) this.#lines.set(cmid, {connection, n: ++this.#nextN});
    else this.#lines.delete(cmid);
  }

  async send(c, body) {
    const cmid = uuidv7();
    this.record.asked.set(cmid, {c, sender: this.user.id, body});
    this.record.open.add(cmid);
    const answer = await this.ask("message.send", {c, cmid, body});
    if (answer) this.record.open.delete(cmid);
    return cmid;
  }

  // The same request once more, long after its answer: the same numbers.
  async repeat(c, cmid) {
    const {body} = this.record.asked.get(cmid);
    await this.ask("message.send", {c, cmid, body});
  }
}
