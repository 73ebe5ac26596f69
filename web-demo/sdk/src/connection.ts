// One WebSocket from its opening to its close: frames in and out, heartbeat, and the silence that ends it.
import { tickWhileHidden } from "./background.js";
import type { Hello, Problem } from "./generated/protocol.js";

export const SUBPROTOCOL = "parlance.v1.json";
/** From opening the socket to the server's hello. */
const HELLO_MS = 10_000;
/** How long a probe waits for any sign of life. */
const PROBE_MS = 5_000;
export const CLOSE_NO_HEARTBEAT = 4009;
export const CLOSE_LEFT = 1000;

/** What the SDK needs of a WebSocket; tests hand in their own. */
export type SocketLike = Pick<WebSocket, "onmessage" | "onclose" | "send" | "close">;

export type SocketFactory = (url: string, protocol: string) => SocketLike;

export interface EventFrame {
  s?: number;
  ev: string;
  c?: string;
  q?: number;
  r?: number;
  d: unknown;
}

export interface ConnectionHandlers {
  hello(hello: Hello): void;
  reply(id: number, ok: unknown): void;
  error(id: number | undefined, problem: Problem): void;
  event(frame: EventFrame): void;
  reconnect(afterMs: number): void;
  closed(code: number, reason: string): void;
  /** The last `s` that arrived: the acknowledgement that goes with each heartbeat. */
  lastS(): number;
}

type ServerFrame = {
  id?: number;
  ok?: unknown;
  err?: Problem;
  ev?: string;
  op?: string;
  d?: unknown;
};

export class Connection {
  readonly #socket: SocketLike;
  readonly #handlers: ConnectionHandlers;
  #closed = false;
  #heartbeat: ReturnType<typeof setTimeout> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #probe: ReturnType<typeof setTimeout> | undefined;
  #silenceMs = HELLO_MS;
  #stopTicks: () => void = () => undefined;

  constructor(url: string, factory: SocketFactory, handlers: ConnectionHandlers) {
    this.#handlers = handlers;
    this.#socket = factory(url, SUBPROTOCOL);
    this.#socket.onmessage = (event) => this.#receive(event.data);
    this.#socket.onclose = (event) => this.#end(event.code, event.reason);
    this.#extendDeadline();
  }

  send(frame: object): void {
    if (!this.#closed) this.#socket.send(JSON.stringify(frame));
  }

  /** A heartbeat before its time, for the acknowledgement in it. */
  acknowledge(): void {
    this.#beat();
  }

  /** Asks for a sign of life and gives the connection up when none comes soon. */
  probe(): void {
    if (this.#closed || this.#heartbeat === undefined || this.#probe !== undefined) return;
    this.#beat();
    this.#probe = setTimeout(() => this.close(CLOSE_NO_HEARTBEAT, "no answer"), PROBE_MS);
  }

  /** Ends it at once: a dead network would hold back the socket's own close event for minutes. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#socket.close(code, reason);
    this.#end(code, reason);
  }

  #end(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#heartbeat);
    clearTimeout(this.#deadline);
    clearTimeout(this.#probe);
    this.#stopTicks();
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#handlers.closed(code, reason);
  }

  #receive(data: unknown): void {
    this.#extendDeadline();
    if (typeof data !== "string") return;
    for (const line of data.split("\n")) {
      if (line === "" || this.#closed) continue;
      let frame: unknown;
      try {
        frame = JSON.parse(line);
      } catch {
        continue;
      }
      if (typeof frame === "object" && frame !== null) this.#dispatch(frame as ServerFrame);
    }
  }

  #dispatch(frame: ServerFrame): void {
    if (frame.err !== undefined) return this.#handlers.error(frame.id, frame.err);
    if (frame.id !== undefined) return this.#handlers.reply(frame.id, frame.ok);
    if (frame.ev !== undefined) return this.#handlers.event(frame as EventFrame);
    switch (frame.op) {
      case "hello":
        return this.#greet(frame.d as Hello);
      case "reconnect":
        return this.#handlers.reconnect((frame.d as { after_ms: number }).after_ms);
      default:
        return;
    }
  }

  #greet(hello: Hello): void {
    this.#silenceMs = hello.heartbeat_ms + hello.grace_ms;
    this.#extendDeadline();
    // The first after a random part, so that clients that came together don't beat together.
    this.#scheduleBeat(Math.random() * hello.heartbeat_ms, hello.heartbeat_ms);
    this.#stopTicks = tickWhileHidden(hello.heartbeat_ms, () => this.#beat());
    this.#handlers.hello(hello);
  }

  #scheduleBeat(inMs: number, everyMs: number): void {
    this.#heartbeat = setTimeout(() => {
      this.#beat();
      this.#scheduleBeat(everyMs, everyMs);
    }, inMs);
  }

  #beat(): void {
    this.send({ op: "hb", a: this.#handlers.lastS() });
  }

  #extendDeadline(): void {
    clearTimeout(this.#probe);
    this.#probe = undefined;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(
      () => this.close(CLOSE_NO_HEARTBEAT, "silence"),
      this.#silenceMs,
    );
  }
}
