// React and the SDK's observables: a component looks again whenever one of those it uses changes.
import { useCallback, useSyncExternalStore } from "react";

interface Observed {
  readonly version: number;
  on(name: "change", listener: () => void): () => void;
}

export function useObserved<T extends Observed | undefined>(target: T): T {
  const subscribe = useCallback(
    (listener: () => void) => target?.on("change", listener) ?? (() => undefined),
    [target],
  );
  useSyncExternalStore(subscribe, () => target?.version ?? 0);
  return target;
}
