import { describe, expect, test, vi } from "vitest";
import { ClosedError, ProblemError } from "../src/errors.js";
import type { Message, Problem } from "../src/generated/protocol.js";
import { MessageStore } from "../src/messages.js";
import { Outbox } from "../src/outbox.js";
import type { UnsentMessage } from "../src/storage.js";

function message(q: number, m = `m${q}`): Message {
  return { m, c: "c", q, r: q, sender: "ada", body: `body ${q}`, at: q };
}

describe("MessageStore", () => {
  test("orders by number and takes each message once, whichever way it came", () => {
    const store = new MessageStore();
    store.merge([message(3)]);
    expect(store.merge([message(1), message(3), message(2)]).map(({ q }) => q)).toEqual([1, 2]);
    expect(store.messages.map(({ q }) => q)).toEqual([1, 2, 3]);
  });

  test("says that there is more only for the oldest page", () => {
    const store = new MessageStore();
    store.mergeHistory([message(5), message(6)], true);
    expect(store.hasOlder).toBe(true);
    store.mergeHistory([message(1), message(2)], false);
    expect(store.hasOlder).toBe(false);
  });

  test("drops the pending one when its message comes as an event", () => {
    const store = new MessageStore();
    store.addPending({ cmid: "m9", body: "body 9", at: 0, state: "sending" });
    store.merge([message(9)]);
    expect(store.pending).toEqual([]);
  });
});

describe("Outbox", () => {
  function make(send: (cmid: string, body: string) => Promise<never>, unsent: UnsentMessage[] = []) {
    const store = new MessageStore();
    const kept: UnsentMessage[][] = [];
    const outbox = new Outbox(
      store,
      { send, keep: (list) => kept.push(list), sent: (cmid) => message(1, cmid), changed: () => undefined },
      unsent,
    );
    return { store, outbox, kept };
  }

  const reply = { m: "", q: 1, r: 1, at: 1, dup: false } as never;

  test("sends one after the other, in the order they were written", async () => {
    const open: (() => void)[] = [];
    const sent: string[] = [];
    const { outbox } = make((_, body) => {
      sent.push(body);
      return new Promise((resolve) => open.push(() => resolve(reply)));
    });
    outbox.add("first");
    outbox.add("second");
    expect(sent).toEqual(["first"]);
    open[0]!();
    await vi.waitFor(() => expect(sent).toEqual(["first", "second"]));
  });

  test("sends again under the same cmid what was not acknowledged before a reload", async () => {
    const send = vi.fn(() => Promise.resolve(reply));
    const { outbox, store } = make(send, [{ cmid: "kept", body: "hello", at: 1 }]);
    await outbox.flush();
    expect(send).toHaveBeenCalledWith("kept", "hello");
    expect(store.pending).toEqual([]);
    expect(store.messages.map(({ m }) => m)).toEqual(["kept"]);
  });

  test("keeps a refused message as failed until it is sent again or discarded", async () => {
    let refuse = true;
    const { outbox, store } = make(() =>
      refuse
        ? Promise.reject(new ProblemError({ code: "forbidden", detail: "no", retryable: false } as Problem))
        : Promise.resolve(reply),
    );
    const { cmid } = outbox.add("hello");
    await vi.waitFor(() => expect(store.pending[0]?.state).toBe("failed"));
    expect(store.pending[0]?.error).toBe("no");
    refuse = false;
    outbox.retry(cmid);
    await vi.waitFor(() => expect(store.pending).toEqual([]));
  });

  test("keeps its messages when the client is closed", async () => {
    const { outbox, store, kept } = make(() => Promise.reject(new ClosedError("")));
    outbox.add("hello");
    await Promise.resolve();
    expect(store.pending.map(({ state }) => state)).toEqual(["sending"]);
    expect(kept.at(-1)?.map(({ body }) => body)).toEqual(["hello"]);
  });
});
