import { describe, expect, test, vi } from "vitest";
import { reconnectDelay, retryDelay } from "../src/backoff.js";
import { Emitter, Observable } from "../src/emitter.js";
import { uuidv7 } from "../src/ids.js";
import { makeDevice } from "../src/media-device.js";
import { ClientStorage, MemoryStorage } from "../src/storage.js";
import { TypingIn, TypingOut } from "../src/typing.js";

describe("reconnectDelay", () => {
  test("makes the first try within a second, at a random moment", () => {
    expect(reconnectDelay(0, 0, 0)).toBeLessThan(100);
    expect(reconnectDelay(0, 0, 0.999)).toBeLessThan(1_000);
    expect(reconnectDelay(0, 0, 0.999)).toBeGreaterThan(500);
  });

  test("stays within a second while a restart is likely, and within ten later", () => {
    for (let attempt = 1; attempt < 50; attempt += 1) {
      expect(reconnectDelay(attempt, 9_000, 0.999)).toBeLessThanOrEqual(1_000);
      expect(reconnectDelay(attempt, 10_000, 0.999)).toBeLessThanOrEqual(2_000);
      expect(reconnectDelay(attempt, 600_000, 0.999)).toBeLessThanOrEqual(10_000);
    }
    expect(reconnectDelay(9, 600_000, 0.999)).toBeGreaterThan(9_000);
  });
});

test("retryDelay waits at least as long as the server asks", () => {
  expect(retryDelay(0, 3_000, 0)).toBe(3_000);
  expect(retryDelay(3, undefined, 0)).toBeGreaterThan(retryDelay(0, undefined, 0));
});

describe("uuidv7", () => {
  test("has version and variant, and the time in front", () => {
    const id = uuidv7(0x0189_0000_0001);
    expect(id).toMatch(/^01890000-0001-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidv7()).not.toBe(uuidv7());
  });
});

describe("Observable", () => {
  class Counter extends Observable<{ other: [number] }> {
    bump(): void {
      this.changed();
    }
  }

  test("tells of several changes in one task once, and counts them all", async () => {
    const counter = new Counter();
    const listener = vi.fn();
    counter.on("change", listener);
    counter.bump();
    counter.bump();
    await Promise.resolve();
    expect(listener).toHaveBeenCalledTimes(1);
    expect(counter.version).toBe(2);
    counter.bump();
    await Promise.resolve();
    expect(listener).toHaveBeenCalledTimes(2);
  });

  test("stops telling who has had enough", () => {
    class Bell extends Emitter<{ ring: [number] }> {
      ring(): void {
        this.emit("ring", 1);
      }
    }
    const bell = new Bell();
    const listener = vi.fn();
    const off = bell.on("ring", listener);
    bell.ring();
    off();
    bell.ring();
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

describe("makeDevice", () => {
  test("takes a Chromium by its version where mediasoup-client does not know it", async () => {
    const device = await makeDevice("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0.0.0 Safari/537.36");
    expect(device.handlerName).toBe("Chrome111");
  });

  test("takes no browser that is too old or unknown", async () => {
    await expect(makeDevice("HeadlessChrome/90.0")).rejects.toThrow(/not supported/);
    await expect(makeDevice("Something/1.0")).rejects.toThrow(/not supported/);
  });
});

describe("typing", () => {
  test("is told once in three seconds, and ended when nothing more is written", () => {
    vi.useFakeTimers();
    const told: boolean[] = [];
    const out = new TypingOut((typing) => told.push(typing));
    out.note();
    out.note();
    vi.advanceTimersByTime(3_100);
    out.note();
    expect(told).toEqual([true, true]);
    vi.advanceTimersByTime(5_100);
    expect(told).toEqual([true, true, false]);
    vi.useRealTimers();
  });

  test("of others is forgotten when it is not repeated", () => {
    vi.useFakeTimers();
    const typing = new TypingIn(() => undefined);
    typing.note("ada", true);
    expect(typing.users).toEqual(["ada"]);
    vi.advanceTimersByTime(9_000);
    expect(typing.users).toEqual([]);
    vi.useRealTimers();
  });
});

describe("ClientStorage", () => {
  const call = { c: "c", participant: "p", microphone: true, camera: false };

  // Locks as browsers have them: one holder, others wait until they give up.
  function locks(): LockManager {
    const held = new Set<string>();
    return {
      request: (name: string, _: unknown, body: () => Promise<unknown>) => {
        if (held.has(name)) return Promise.reject(new DOMException("", "AbortError"));
        held.add(name);
        return body();
      },
    } as unknown as LockManager;
  }

  test("gives the copy of a tab an identity of its own", async () => {
    const manager = locks();
    const tab = new MemoryStorage();
    const first = new ClientStorage(new MemoryStorage(), tab);
    await first.claimTab(manager);
    first.call = call;
    await first.claimTab(manager);
    const copied = new MemoryStorage();
    for (const key of ["parlance.tab", "parlance.call"]) copied.setItem(key, tab.getItem(key)!);
    const copy = new ClientStorage(new MemoryStorage(), copied);
    await copy.claimTab(manager);
    expect(copy.call).toBeUndefined();
    expect(first.call).toEqual(call);
  });

  test("finds back to its call after a reload", async () => {
    const tab = new MemoryStorage();
    const before = new ClientStorage(new MemoryStorage(), tab);
    await before.claimTab(locks());
    before.call = call;
    const after = new ClientStorage(new MemoryStorage(), tab);
    await after.claimTab(locks());
    expect(after.call).toEqual(call);
  });
});
