// The messages of one conversation as this client has them: merged by number from history, live events,
// and its own that are not yet acknowledged.
import type { Message } from "./generated/protocol.js";

/** `sending` until the server has committed it; `failed` when it refused, until retried or discarded. */
export interface PendingMessage {
  cmid: string;
  body: string;
  at: number;
  state: "sending" | "failed";
  error?: string;
}

export class MessageStore {
  readonly #byNumber = new Map<number, Message>();
  #sorted: readonly Message[] = [];
  #pending: readonly PendingMessage[] = [];
  #hasOlder = false;

  /** Ascending by number. The same array until something changes. */
  get messages(): readonly Message[] {
    return this.#sorted;
  }

  /** Own messages without an acknowledgement, oldest first. */
  get pending(): readonly PendingMessage[] {
    return this.#pending;
  }

  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  get oldest(): number | undefined {
    return this.#sorted[0]?.q;
  }

  get newest(): number {
    return this.#sorted.at(-1)?.q ?? 0;
  }

  /** Returns the messages that were not known before. */
  merge(messages: readonly Message[]): Message[] {
    const fresh = messages.filter((message) => !this.#byNumber.has(message.q));
    if (fresh.length === 0) return fresh;
    for (const message of fresh) this.#byNumber.set(message.q, message);
    this.#sorted = [...this.#byNumber.values()].sort((left, right) => left.q - right.q);
    const acknowledged = new Set(fresh.map((message) => message.m));
    if (this.#pending.some((message) => acknowledged.has(message.cmid))) {
      this.#pending = this.#pending.filter((message) => !acknowledged.has(message.cmid));
    }
    return fresh;
  }

  /** A page of history: says besides whether there is more before it. */
  mergeHistory(messages: readonly Message[], hasOlder: boolean): void {
    const oldest = this.oldest;
    this.merge(messages);
    if (oldest === undefined || (messages[0]?.q ?? oldest) <= oldest) this.#hasOlder = hasOlder;
  }

  /** Forgets the acknowledged ones: what is kept must have no holes. */
  restart(): void {
    this.#byNumber.clear();
    this.#sorted = [];
    this.#hasOlder = false;
  }

  addPending(message: PendingMessage): void {
    this.#pending = [...this.#pending, message];
  }

  updatePending(cmid: string, change: Partial<PendingMessage>): void {
    this.#pending = this.#pending.map((message) =>
      message.cmid === cmid ? { ...message, ...change } : message,
    );
  }

  removePending(cmid: string): void {
    this.#pending = this.#pending.filter((message) => message.cmid !== cmid);
  }
}
