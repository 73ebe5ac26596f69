// Watches one transport and brings it back by ICE restart; gives it up when restarts don't help.
import type { types as mediasoup } from "mediasoup-client";

/** A short gap heals by itself: browsers say "disconnected" after a few unanswered checks. */
const DISCONNECTED_MS = 1_000;
/** How long a restart, or the first connect, may take before the next try. */
const RESTART_MS = 5_000;
const CONNECT_MS = 10_000;
const MAX_RESTARTS = 3;

export interface IceGuardDeps {
  /** Asks the server for new credentials and gives them to the transport. */
  restart(): Promise<void>;
  /** Only a new transport can help. */
  giveUp(): void;
}

export class IceGuard {
  readonly #deps: IceGuardDeps;
  #state: mediasoup.ConnectionState = "new";
  #restarts = 0;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(deps: IceGuardDeps) {
    this.#deps = deps;
  }

  get state(): mediasoup.ConnectionState {
    return this.#state;
  }

  stateChanged(state: mediasoup.ConnectionState): void {
    this.#state = state;
    switch (state) {
      case "connected":
        this.#restarts = 0;
        clearTimeout(this.#timer);
        return;
      case "connecting":
        return this.#later(CONNECT_MS);
      case "disconnected":
        return this.#later(DISCONNECTED_MS);
      case "failed":
        return this.#later(0);
      default:
        return;
    }
  }

  /** The network changed: don't wait for timeouts. */
  networkChanged(): void {
    this.#restarts = 0;
    if (this.#state !== "new") this.#later(0);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#restart(), ms);
  }

  async #restart(): Promise<void> {
    if (this.#closed || this.#busy) return;
    if (this.#restarts === MAX_RESTARTS) return this.#deps.giveUp();
    this.#restarts += 1;
    this.#busy = true;
    try {
      await this.#deps.restart();
      if (this.#closed || this.#state === "connected") return;
      this.#later(RESTART_MS);
    } catch {
      if (!this.#closed) this.#later(RESTART_MS);
    } finally {
      this.#busy = false;
    }
  }
}
