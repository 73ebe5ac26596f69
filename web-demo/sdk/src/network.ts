// Hints of the browser that the network may have changed. Hints only: they make the client look sooner
// than its timers would.

interface NetworkInformation extends EventTarget {
  readonly type?: string;
}

export interface NetworkHints {
  /** Addresses may be others now. */
  changed(): void;
  /** The page was in the background, where timers sleep. */
  visible(): void;
}

export function watchNetwork({ changed, visible }: NetworkHints): () => void {
  if (typeof window === "undefined") return () => undefined;
  const connection = (navigator as Navigator & { connection?: NetworkInformation }).connection;
  let type = connection?.type;
  // The event also tells of mere estimates of speed; only another kind of network counts.
  const typeChanged = () => {
    if (connection?.type === type) return;
    type = connection?.type;
    changed();
  };
  const becameVisible = () => {
    if (document.visibilityState === "visible") visible();
  };
  window.addEventListener("online", changed);
  document.addEventListener("visibilitychange", becameVisible);
  connection?.addEventListener("change", typeChanged);
  return () => {
    window.removeEventListener("online", changed);
    document.removeEventListener("visibilitychange", becameVisible);
    connection?.removeEventListener("change", typeChanged);
  };
}
