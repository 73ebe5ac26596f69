// The session over its connections: hello, start or resume, reconnect, and what was missed.
import { reconnectDelay } from "./backoff.js";
import { Connection, CLOSE_LEFT, type EventFrame, type SocketFactory } from "./connection.js";
import { Emitter } from "./emitter.js";
import { ClosedError, isProblem } from "./errors.js";
import type { Hello, Operations, Problem, SessionStartReply } from "./generated/protocol.js";
import type { HttpApi } from "./http.js";
import { type Op, type RequestOptions, Requests } from "./requests.js";

/**
 * `idle` before the first connect and after `close`; `connecting` for the first time; `online`;
 * `reconnecting` after a loss; `refused` when the server said not to come back.
 */
export type SessionState = "idle" | "connecting" | "online" | "reconnecting" | "refused";

export interface SessionEvents {
  state: [SessionState];
  /** A new session: everything that the old one was told has to be asked for again. */
  started: [reply: SessionStartReply, again: boolean];
  /** The same session on a new connection; nothing but ephemeral events was lost. */
  resumed: [];
  event: [EventFrame];
  hello: [Hello];
  /** The token is no longer known. */
  unauthenticated: [];
}

const LAST_CODE_TO_RECONNECT = 4499;
/** Events after which an acknowledgement does not wait for the next heartbeat. */
const ACK_EVERY = 64;

export class Session extends Emitter<SessionEvents> {
  readonly #http: HttpApi;
  readonly #sockets: SocketFactory;
  readonly #requests: Requests;
  #token: string | undefined;
  #state: SessionState = "idle";
  #connection: Connection | undefined;
  #sessionId: string | undefined;
  #lastS = 0;
  #wasStarted = false;
  #attempt = 0;
  #downSince = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #generation = 0;
  #hello: Hello | undefined;
  #refusal = "";

  constructor(http: HttpApi, sockets: SocketFactory) {
    super();
    this.#http = http;
    this.#sockets = sockets;
    this.#requests = new Requests(
      (frame) => this.#connection?.send(frame),
      () => this.probe(),
    );
  }

  get state(): SessionState {
    return this.#state;
  }

  get hello(): Hello | undefined {
    return this.#hello;
  }

  /** Why the server refused, while the state is `refused`. */
  get refusal(): string {
    return this.#refusal;
  }

  connect(token: string): void {
    this.#token = token;
    if (this.#state === "online" || this.#connection !== undefined) return;
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.#downSince = Date.now();
    this.#setState(this.#wasStarted ? "reconnecting" : "connecting");
    void this.#open();
  }

  close(): void {
    this.#generation += 1;
    clearTimeout(this.#timer);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close(CLOSE_LEFT, "");
    this.#sessionId = undefined;
    this.#wasStarted = false;
    this.#lastS = 0;
    this.#requests.close(new ClosedError("the client was closed"));
    this.#setState("idle");
  }

  /** Something hints that the network changed: find out whether the connection still works. */
  probe(): void {
    if (this.#connection !== undefined) return this.#connection.probe();
    if (this.#state !== "reconnecting" && this.#state !== "connecting") return;
    clearTimeout(this.#timer);
    void this.#open();
  }

  request<Name extends Op>(
    op: Name,
    d: Operations[Name]["request"],
    options?: RequestOptions<Name>,
  ): Promise<Operations[Name]["reply"]> {
    if (this.#state === "idle" || this.#state === "refused") {
      return Promise.reject(new ClosedError("not connected"));
    }
    return this.#requests.request(op, d, options);
  }

  /** Sends without asking for an answer; dropped while there is no connection. */
  notify<Name extends Op>(op: Name, d: Operations[Name]["request"]): void {
    if (this.#state === "online") this.#connection?.send({ op, d });
  }

  async #open(): Promise<void> {
    const generation = ++this.#generation;
    let ticket: string;
    try {
      ticket = (await this.#http.ticket(this.#token!)).ticket;
    } catch (error) {
      if (generation !== this.#generation) return;
      if (isProblem(error, "auth.invalid", "auth.required")) return this.#signOut();
      return this.#retry(isProblem(error) ? error.retryAfterMs : undefined);
    }
    if (generation !== this.#generation) return;
    let afterMs: number | undefined;
    this.#connection = new Connection(this.#http.socketUrl(ticket), this.#sockets, {
      hello: (hello) => void this.#greeted(hello, generation),
      reply: (id, ok) => this.#requests.reply(id, ok),
      error: (id, problem) => this.#requests.error(id, problem),
      event: (frame) => this.#receive(frame),
      reconnect: (ms) => (afterMs = ms),
      closed: (code, reason) => this.#lost(generation, code, reason, afterMs),
      lastS: () => this.#lastS,
    });
  }

  async #greeted(hello: Hello, generation: number): Promise<void> {
    this.#hello = hello;
    this.emit("hello", hello);
    try {
      if (await this.#resume()) return;
      if (generation !== this.#generation) return;
      const again = this.#wasStarted;
      await this.#requests.handshake("session.start", {}, {
        onOk: (reply) => {
          this.#sessionId = hello.session_id;
          this.#lastS = 0;
          this.#wasStarted = true;
          this.#ready(() => this.emit("started", reply, again));
        },
      });
    } catch (error) {
      if (generation !== this.#generation) return;
      const problem: Problem | undefined = isProblem(error) ? error.problem : undefined;
      this.#connection?.close(problem?.retryable === false ? 4500 : 4000, problem?.detail ?? "no session");
    }
  }

  // Answers are taken in the turn they arrive in, because the session's events follow right after them.
  async #resume(): Promise<boolean> {
    if (this.#sessionId === undefined) return false;
    const resume = { session_id: this.#sessionId, s: this.#lastS };
    const { resumed } = await this.#requests.handshake("session.resume", resume, {
      onOk: (reply) => {
        if (reply.resumed) return this.#ready(() => this.emit("resumed"));
        this.#sessionId = undefined;
        this.#requests.sessionLost();
      },
    });
    return resumed;
  }

  #ready(announce: () => void): void {
    this.#attempt = 0;
    announce();
    this.#setState("online");
    this.#requests.online();
  }

  #receive(frame: EventFrame): void {
    if (frame.s !== undefined) {
      if (frame.s <= this.#lastS) return;
      if (frame.s !== this.#lastS + 1) {
        // Dense by contract; a hole means that this session can't be trusted any more.
        this.#requests.sessionLost();
        this.#sessionId = undefined;
        this.#connection?.close(4000, "a hole in the events");
        return;
      }
      this.#lastS = frame.s;
      // The server keeps what is not acknowledged, and only so much of it.
      if (frame.s % ACK_EVERY === 0) this.#connection?.acknowledge();
    }
    this.emit("event", frame);
  }

  #lost(generation: number, code: number, reason: string, afterMs: number | undefined): void {
    if (generation !== this.#generation) return;
    this.#connection = undefined;
    this.#requests.offline();
    if (code > LAST_CODE_TO_RECONNECT && code <= 4999) {
      this.#refusal = reason || `closed with ${code}`;
      this.#requests.close(new ClosedError(this.#refusal));
      return this.#setState("refused");
    }
    if (this.#state === "online") this.#downSince = Date.now();
    this.#setState(this.#wasStarted ? "reconnecting" : "connecting");
    this.#retry(afterMs);
  }

  #retry(afterMs?: number): void {
    clearTimeout(this.#timer);
    const delay = reconnectDelay(this.#attempt, Date.now() - this.#downSince, Math.random());
    this.#attempt += 1;
    this.#timer = setTimeout(() => void this.#open(), (afterMs ?? 0) + delay);
  }

  #signOut(): void {
    this.#requests.close(new ClosedError("the token is not known"));
    this.#sessionId = undefined;
    this.#setState("idle");
    this.emit("unauthenticated");
  }

  #setState(state: SessionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.emit("state", state);
  }
}
