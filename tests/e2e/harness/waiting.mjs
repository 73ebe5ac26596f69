// Waiting for events under generous deadlines, and printing what was measured.
export const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Calls `probe` until it gives something true; the last answer or error is in the message of a timeout.
export async function until(what, probe, {timeoutMs = 30_000, everyMs = 100} = {}) {
  const deadline = Date.now() + timeoutMs;
  let last;
  for (;;) {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) {
      if (error.fatal) throw error;
      last = error;
    }
    if (Date.now() > deadline) {
      const detail = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`waited ${timeoutMs} ms for ${what}; last: ${detail}`);
    }
    await delay(everyMs);
  }
}

// A measured value: script/test repeats these lines below its own.
export const figure = (text) => console.log(`figure: ${text}`);

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)];
}
