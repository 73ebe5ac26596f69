import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { tickWhileHidden } from "../src/background.js";

class FakeWorker {
  static made: FakeWorker[] = [];
  onmessage: (() => void) | null = null;
  ended = false;
  readonly told: unknown[] = [];

  constructor() {
    FakeWorker.made.push(this);
  }

  postMessage(message: unknown): void {
    this.told.push(message);
  }

  terminate(): void {
    this.ended = true;
  }
}

class FakeDocument extends EventTarget {
  visibilityState = "visible";

  become(state: string): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

let page: FakeDocument;

beforeEach(() => {
  FakeWorker.made = [];
  page = new FakeDocument();
  vi.stubGlobal("document", page);
  vi.stubGlobal("Worker", FakeWorker);
});

afterEach(() => vi.unstubAllGlobals());

describe("tickWhileHidden", () => {
  test("ticks from a worker while the page is hidden, and not longer", () => {
    const tick = vi.fn();
    tickWhileHidden(25_000, tick);
    expect(FakeWorker.made).toEqual([]);
    page.become("hidden");
    const [worker] = FakeWorker.made;
    expect(worker?.told).toEqual([25_000]);
    worker?.onmessage?.();
    expect(tick).toHaveBeenCalledOnce();
    page.become("visible");
    expect(worker?.ended).toBe(true);
  });

  test("leaves nothing behind when it is ended", () => {
    page.visibilityState = "hidden";
    const end = tickWhileHidden(25_000, () => undefined);
    end();
    expect(FakeWorker.made.map(({ ended }) => ended)).toEqual([true]);
    page.become("hidden");
    expect(FakeWorker.made).toHaveLength(1);
  });
});
