// A page that is hidden for some minutes gets its timers once a minute, which is too seldom for heartbeats:
// the others would see its user come and go.

/** Calls `tick` so often while the page is hidden. Returns what ends it. */
export function tickWhileHidden(everyMs: number, tick: () => void): () => void {
  if (typeof document === "undefined" || typeof Worker === "undefined") return () => undefined;
  let worker: Worker | undefined;
  const stop = () => {
    worker?.terminate();
    worker = undefined;
  };
  const visibilityChanged = () => {
    stop();
    if (document.visibilityState !== "hidden") return;
    try {
      worker = new Worker(new URL("./ticker-worker.js", import.meta.url), { type: "module" });
    } catch {
      // A page whose policy allows no worker has the heartbeats that its timers give it.
      return;
    }
    worker.onmessage = tick;
    worker.postMessage(everyMs);
  };
  document.addEventListener("visibilitychange", visibilityChanged);
  visibilityChanged();
  return () => {
    document.removeEventListener("visibilitychange", visibilityChanged);
    stop();
  };
}
