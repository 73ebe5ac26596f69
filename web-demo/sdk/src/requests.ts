// The open requests: numbered, timed while a connection stands, and sent again after a reconnect (every
// operation of the protocol may be repeated, because ids are minted by the client).
import { retryDelay } from "./backoff.js";
import { ClosedError, ProblemError, SessionLostError, TimeoutError } from "./errors.js";
import type { Operations, Problem } from "./generated/protocol.js";

export type Op = keyof Operations;

export interface RequestOptions<Name extends Op> {
  /** Milliseconds from sending to giving up, counted only while connected. */
  timeoutMs?: number;
  /** Fails with SessionLostError when the session is lost, instead of being sent to the next one. */
  bound?: boolean;
  /** Called in the very turn the answer arrives, before any event that came after it. */
  onOk?: (ok: Operations[Name]["reply"]) => void;
}

const TIMEOUT_MS = 15_000;
/** How often a refusal that is worth a retry is retried before the caller hears of it. */
const MAX_RETRIES = 4;
const MAX_ID = 4_294_967_295;

interface Open {
  op: Op;
  d: unknown;
  bound: boolean;
  handshake: boolean;
  timeoutMs: number;
  retries: number;
  id: number | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  ok: (ok: never) => void;
  fail: (error: Error) => void;
}

/** Sends a frame if there is a started connection. */
export type SendFrame = (frame: object) => void;

export class Requests {
  readonly #send: SendFrame;
  readonly #onTimeout: () => void;
  readonly #open = new Set<Open>();
  readonly #byId = new Map<number, Open>();
  #nextId = 1;
  #online = false;

  constructor(send: SendFrame, onTimeout: () => void) {
    this.#send = send;
    this.#onTimeout = onTimeout;
  }

  request<Name extends Op>(
    op: Name,
    d: Operations[Name]["request"],
    options: RequestOptions<Name> = {},
  ): Promise<Operations[Name]["reply"]> {
    return this.#add(op, d, options, false);
  }

  /** A request that makes the session: sent at once, and failed with its connection. */
  handshake<Name extends Op>(
    op: Name,
    d: Operations[Name]["request"],
    options: RequestOptions<Name> = {},
  ): Promise<Operations[Name]["reply"]> {
    return this.#add(op, d, options, true);
  }

  #add<Name extends Op>(
    op: Name,
    d: Operations[Name]["request"],
    options: RequestOptions<Name>,
    handshake: boolean,
  ): Promise<Operations[Name]["reply"]> {
    return new Promise((resolve, reject) => {
      const open: Open = {
        op,
        d,
        bound: options.bound ?? false,
        handshake,
        timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
        retries: 0,
        id: undefined,
        timer: undefined,
        ok: (ok: Operations[Name]["reply"]) => {
          try {
            options.onOk?.(ok);
          } catch (error) {
            return reject(error as Error);
          }
          resolve(ok);
        },
        fail: reject,
      };
      this.#open.add(open);
      if (this.#online || handshake) this.#dispatch(open);
    });
  }

  /** The session stands: what is waiting goes out, oldest first. */
  online(): void {
    this.#online = true;
    for (const open of [...this.#open]) {
      if (open.id === undefined) this.#dispatch(open);
    }
  }

  /** The connection is gone: numbers are void, requests wait for the next one. */
  offline(): void {
    this.#online = false;
    for (const open of [...this.#open]) {
      if (open.handshake) this.#settle(open, () => open.fail(new SessionLostError()));
      else this.#forgetId(open);
    }
  }

  /** The session is gone for good, and with it what its requests were about. */
  sessionLost(): void {
    for (const open of [...this.#open]) {
      if (open.bound) this.#settle(open, () => open.fail(new SessionLostError()));
    }
  }

  /** Fails everything that waits. */
  close(error: ClosedError): void {
    this.#online = false;
    for (const open of [...this.#open]) this.#settle(open, () => open.fail(error));
  }

  reply(id: number, ok: unknown): void {
    const open = this.#byId.get(id);
    if (open) this.#settle(open, () => open.ok(ok as never));
  }

  error(id: number | undefined, problem: Problem): void {
    const open = id === undefined ? undefined : this.#byId.get(id);
    if (!open) return;
    if (problem.retryable && open.retries < MAX_RETRIES) {
      this.#forgetId(open);
      const delay = retryDelay(open.retries, problem.retry_after_ms, Math.random());
      open.retries += 1;
      open.timer = setTimeout(() => {
        open.timer = undefined;
        if ((this.#online || open.handshake) && this.#open.has(open)) this.#dispatch(open);
      }, delay);
      return;
    }
    this.#settle(open, () => open.fail(new ProblemError(problem)));
  }

  #dispatch(open: Open): void {
    if (open.timer !== undefined) return;
    const id = this.#nextId;
    this.#nextId = id === MAX_ID ? 1 : id + 1;
    open.id = id;
    this.#byId.set(id, open);
    open.timer = setTimeout(() => {
      this.#settle(open, () => open.fail(new TimeoutError(open.op)));
      this.#onTimeout();
    }, open.timeoutMs);
    this.#send({ id, op: open.op, d: open.d });
  }

  #forgetId(open: Open): void {
    clearTimeout(open.timer);
    open.timer = undefined;
    if (open.id !== undefined) this.#byId.delete(open.id);
    open.id = undefined;
  }

  #settle(open: Open, finish: () => void): void {
    this.#forgetId(open);
    this.#open.delete(open);
    finish();
  }
}
