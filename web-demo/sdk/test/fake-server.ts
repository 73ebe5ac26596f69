// A server in memory: speaks the protocol to one client, and refuses what the schemas refuse.
import type { SocketLike } from "../src/connection.js";
import type { Conversation, ErrorCode, Operations } from "../src/generated/protocol.js";
import { uuidv7 } from "../src/ids.js";
import { expectValid } from "./schemas.js";

type Op = keyof Operations;
type Handler = (d: never, frame: Frame) => unknown;
type HandlerOf<Name extends Op> = (
  d: Operations[Name]["request"],
  frame: Frame,
) => Operations[Name]["reply"] | typeof SILENCE;

export interface Frame {
  id?: number;
  op: string;
  d?: unknown;
  a?: number;
}

/** Thrown by a handler: the answer is this error. */
export class Refusal {
  constructor(
    readonly code: ErrorCode,
    readonly retryable = false,
    readonly retryAfterMs?: number,
  ) {}
}

/** Returned by a handler: there is no answer. */
export const SILENCE = Symbol("silence");

class FakeSocket implements SocketLike {
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  open = true;

  constructor(
    readonly url: string,
    readonly server: FakeServer,
  ) {}

  send(data: string): void {
    for (const line of data.split("\n")) this.server.receive(JSON.parse(line) as Frame, this);
  }

  close(code = 1000, reason = ""): void {
    this.open = false;
    this.server.closes.push({ code, reason });
  }

  deliver(...frames: object[]): void {
    if (!this.open) return;
    const data = frames.map((frame) => JSON.stringify(frame)).join("\n");
    this.onmessage?.call(null as never, { data } as MessageEvent);
  }

  drop(code: number, reason: string): void {
    this.open = false;
    this.onclose?.call(null as never, { code, reason } as CloseEvent);
  }
}

export class FakeServer {
  readonly received: Frame[] = [];
  readonly closes: { code: number; reason: string }[] = [];
  readonly tickets: string[] = [];
  readonly user = { id: uuidv7(), name: "Ada", guest: true };
  readonly deviceId = uuidv7();
  conversations: Conversation[] = [];
  userR = 0;
  capabilities: unknown = {};
  /** Off: the session is forgotten, as by a server that was killed. */
  remembers = true;
  reachable = true;
  knowsToken = true;
  socket: FakeSocket | undefined;
  sockets = 0;
  #s = 0;
  #log: object[] = [];
  #session = "";
  readonly #handlers = new Map<string, Handler>();

  constructor() {
    this.handle("session.start", () => {
      this.#session = `session-${this.sockets}`;
      this.#s = 0;
      this.#log = [];
      return {
        user: this.user,
        device_id: this.deviceId,
        conversations: this.conversations,
        user_r: this.userR,
      };
    });
    this.handle("session.resume", ({ session_id }) =>
      this.remembers && session_id === this.#session ? { resumed: true } : { resumed: false, reason: "unknown" },
    );
  }

  handle<Name extends Op>(op: Name, handler: HandlerOf<Name>): void {
    this.#handlers.set(op, handler as Handler);
  }

  handlerOf<Name extends Op>(op: Name): HandlerOf<Name> {
    return this.#handlers.get(op) as HandlerOf<Name>;
  }

  /** What came of one operation, in order. */
  requests<Name extends Op>(op: Name): Operations[Name]["request"][] {
    return this.received.filter((frame) => frame.op === op).map((frame) => frame.d as never);
  }

  readonly connect = (url: string): SocketLike => {
    this.sockets += 1;
    const socket = new FakeSocket(url, this);
    this.socket = socket;
    queueMicrotask(() => {
      if (!this.reachable) return socket.drop(1006, "");
      socket.deliver({ op: "hello", d: this.#hello() });
    });
    return socket;
  };

  readonly fetch = async (url: string): Promise<Response> => {
    if (!this.reachable) throw new TypeError("fetch failed");
    const { pathname } = new URL(url);
    if (pathname === "/v1/guests") return this.#json(201, { user: this.user, device_id: this.deviceId, token: "t" });
    if (pathname === "/v1/router-capabilities") return this.#json(200, { rtp_capabilities: this.capabilities, hash: "h1" });
    if (!this.knowsToken) return this.#json(401, problem(new Refusal("auth.invalid")));
    const ticket = `ticket-${this.tickets.length}`;
    this.tickets.push(ticket);
    return this.#json(201, { ticket, expires_in: 30 });
  };

  event(ev: string, d: object, numbers: { c?: string; q?: number; r?: number } = {}, ephemeral = false): void {
    expectValid(`${ev}.event`, d);
    const s = ephemeral ? {} : { s: ++this.#s };
    const frame = { ...s, ev, ...numbers, d };
    if (!ephemeral) this.#log.push(frame);
    this.socket?.deliver(frame);
  }

  skipOne(): void {
    this.#s += 1;
  }

  control(op: string, d: object): void {
    this.socket?.deliver({ op, d });
  }

  drop(code = 1006, reason = ""): void {
    this.socket?.drop(code, reason);
  }

  receive(frame: Frame, socket: FakeSocket): void {
    this.received.push(frame);
    if (frame.op === "hb") {
      expectValid("ClientHeartbeat", frame);
      return socket.deliver({ op: "hb", d: { t: Date.now() } });
    }
    expectValid("ClientRequest", frame);
    expectValid(`${frame.op}.request`, frame.d);
    const handler = this.#handlers.get(frame.op);
    if (!handler && frame.id === undefined) return;
    if (!handler) throw new Error(`the test does not expect ${frame.op}`);
    // As on a network: never within the call that sent it.
    queueMicrotask(() => this.#answer(frame, handler, socket));
  }

  #answer(frame: Frame, handler: Handler, socket: FakeSocket): void {
    let ok: unknown;
    try {
      ok = handler(frame.d as never, frame);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return socket.deliver({ id: frame.id, err: problem(error) });
    }
    if (ok === SILENCE || frame.id === undefined) return;
    expectValid(`${frame.op}.reply`, ok);
    const resumed = frame.op === "session.resume" && (ok as { resumed: boolean }).resumed;
    const last = (frame.d as { s?: number }).s ?? 0;
    const missed = resumed ? this.#log.filter((event) => (event as { s: number }).s > last) : [];
    // Answer and events in one frame, which is the harder case for a client.
    socket.deliver({ id: frame.id, ok }, ...missed, ...(resumed ? [{ op: "resumed" }] : []));
  }

  #hello(): object {
    const hello = {
      session_id: `session-${this.sockets}`,
      node: "1",
      heartbeat_ms: 25_000,
      grace_ms: 8_000,
      resume_ttl_s: 300,
      max_frame: 65_536,
      server_time: Date.now(),
      router_capabilities_hash: "h1",
      features: [],
    };
    expectValid("Hello", hello);
    return hello;
  }

  #json(status: number, body: unknown): Response {
    return new Response(JSON.stringify(body), { status });
  }
}

function problem({ code, retryable, retryAfterMs }: Refusal): object {
  const found = {
    type: `https://parlance.dev/errors/${code}`,
    title: code,
    status: retryable ? 503 : 400,
    detail: `because ${code}`,
    code,
    retryable,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  };
  expectValid("Problem", found);
  return found;
}
