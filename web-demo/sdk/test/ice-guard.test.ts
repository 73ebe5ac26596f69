import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { IceGuard } from "../src/ice-guard.js";

const restart = vi.fn();
const giveUp = vi.fn();
let guard: IceGuard;

beforeEach(() => {
  vi.useFakeTimers();
  restart.mockReset().mockResolvedValue(undefined);
  giveUp.mockReset();
  guard = new IceGuard({ restart, giveUp });
});

afterEach(() => {
  guard.close();
  vi.useRealTimers();
});

describe("IceGuard", () => {
  test("lets a short gap heal by itself", async () => {
    guard.stateChanged("connected");
    guard.stateChanged("disconnected");
    await vi.advanceTimersByTimeAsync(900);
    guard.stateChanged("connected");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(restart).not.toHaveBeenCalled();
  });

  test("restarts a transport that stays disconnected, and at once one that failed", async () => {
    guard.stateChanged("disconnected");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(restart).toHaveBeenCalledTimes(1);
    guard.stateChanged("connected");
    guard.stateChanged("failed");
    await vi.advanceTimersByTimeAsync(0);
    expect(restart).toHaveBeenCalledTimes(2);
  });

  test("restarts a working transport when the network changed, but none that was never used", async () => {
    guard.networkChanged();
    await vi.advanceTimersByTimeAsync(100);
    expect(restart).not.toHaveBeenCalled();
    guard.stateChanged("connected");
    guard.networkChanged();
    await vi.advanceTimersByTimeAsync(0);
    expect(restart).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(restart).toHaveBeenCalledTimes(1);
  });

  test("gives up after three restarts that did not help", async () => {
    guard.stateChanged("failed");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(restart).toHaveBeenCalledTimes(3);
    expect(giveUp).toHaveBeenCalledTimes(1);
  });

  test("tries again when the request to restart failed", async () => {
    restart.mockRejectedValueOnce(new Error("no answer"));
    guard.stateChanged("failed");
    await vi.advanceTimersByTimeAsync(5_100);
    expect(restart).toHaveBeenCalledTimes(2);
  });

  test("does not restart while a restart waits for its answer", async () => {
    restart.mockReturnValue(new Promise(() => undefined));
    guard.stateChanged("failed");
    await vi.advanceTimersByTimeAsync(0);
    guard.networkChanged();
    guard.stateChanged("failed");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(restart).toHaveBeenCalledTimes(1);
  });

  test("is quiet once closed", async () => {
    guard.stateChanged("failed");
    guard.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(restart).not.toHaveBeenCalled();
  });
});
