// Sends own messages in the order they were written, one at a time, and keeps what is not acknowledged
// over lost connections and reloads: the same cmid makes a repeat harmless.
import { ClosedError, isProblem } from "./errors.js";
import type { Message, MessageSendReply } from "./generated/protocol.js";
import { uuidv7 } from "./ids.js";
import type { MessageStore, PendingMessage } from "./messages.js";
import type { UnsentMessage } from "./storage.js";

const RETRY_MS = 2_000;

export interface OutboxDeps {
  send(cmid: string, body: string): Promise<MessageSendReply>;
  keep(messages: UnsentMessage[]): void;
  sent(cmid: string, body: string, reply: MessageSendReply): Message;
  changed(): void;
}

export class Outbox {
  readonly #store: MessageStore;
  readonly #deps: OutboxDeps;
  #busy = false;

  constructor(store: MessageStore, deps: OutboxDeps, unsent: readonly UnsentMessage[]) {
    this.#store = store;
    this.#deps = deps;
    for (const message of unsent) store.addPending({ ...message, state: "sending" });
  }

  add(body: string): PendingMessage {
    const message: PendingMessage = { cmid: uuidv7(), body, at: Date.now(), state: "sending" };
    this.#store.addPending(message);
    this.#keep();
    void this.flush();
    return message;
  }

  retry(cmid: string): void {
    this.#store.updatePending(cmid, { state: "sending" });
    this.#keep();
    void this.flush();
  }

  discard(cmid: string): void {
    this.#store.removePending(cmid);
    this.#keep();
  }

  async flush(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        const next = this.#store.pending.find((message) => message.state === "sending");
        if (!next || !(await this.#sendOne(next))) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  // False: stop here, something will call flush again.
  async #sendOne(message: PendingMessage): Promise<boolean> {
    try {
      const reply = await this.#deps.send(message.cmid, message.body);
      this.#store.merge([this.#deps.sent(message.cmid, message.body, reply)]);
      this.#store.removePending(message.cmid);
    } catch (error) {
      if (error instanceof ClosedError) return false;
      if (isProblem(error) && !error.retryable) {
        this.#store.updatePending(message.cmid, { state: "failed", error: error.message });
      } else {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.#keep();
    return true;
  }

  #keep(): void {
    this.#deps.keep(this.#store.pending.map(({ cmid, body, at }) => ({ cmid, body, at })));
    this.#deps.changed();
  }
}
