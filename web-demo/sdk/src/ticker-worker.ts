// Runs in a worker, whose timers browsers leave alone when they slow down those of a hidden page.
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<number>) => void) | null;
  postMessage(message: null): void;
};

scope.onmessage = ({ data: everyMs }) => {
  setInterval(() => scope.postMessage(null), everyMs);
};
