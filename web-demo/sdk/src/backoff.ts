// When to try again. Pure: randomness and elapsed time are given.

/** The first try comes within a second, so that a server's restart costs little. */
const FIRST_MS = 800;
/** While a restart is likely, tries stay close, because a call wants its media back. */
const LIMITS_MS = [
  { down: 10_000, step: 1_000 },
  { down: 60_000, step: 2_000 },
  { down: Infinity, step: 10_000 },
];

/**
 * Milliseconds until the next try. `attempt` counts the tries since the connection was lost, from 0;
 * `random` is in [0, 1).
 */
export function reconnectDelay(attempt: number, downMs: number, random: number): number {
  if (attempt === 0) return 50 + random * FIRST_MS;
  const limit = LIMITS_MS.find(({ down }) => downMs < down)!;
  const step = Math.min(limit.step, 500 * 2 ** Math.min(attempt, 10));
  return step * (0.5 + random / 2);
}

/** Milliseconds until a refused request is sent again. */
export function retryDelay(attempt: number, retryAfterMs: number | undefined, random: number): number {
  const step = retryAfterMs ?? Math.min(5_000, 200 * 2 ** attempt);
  return step * (1 + random / 4);
}
