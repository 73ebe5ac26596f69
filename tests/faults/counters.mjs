// What the server counted, over all its lives: read before each end.
const kNames = ["sessions_lost", "connections_too_slow", "mailbox_overflows", "bugs"];

export class Counters {
  totals = new Map(kNames.map((name) => [name, 0]));

  // A server that doesn't answer right now is one whose numbers are lost.
  async note(server) {
    try {
      const text = await (await fetch(`${server.base}/metrics`, {signal: AbortSignal.timeout(1000)})).text();
      for (const name of kNames) {
        const value = text.match(new RegExp(`^parlance_signaling_${name}_total (\\d+)`, "m"));
        this.totals.set(name, this.totals.get(name) + Number(value[1]));
      }
    } catch (error) {
      if (error instanceof TypeError && !error.cause) throw error;
    }
  }

  toString() {
    return [...this.totals].map(([name, n]) => `${name.replaceAll("_", " ")} ${n}`).join(", ");
  }
}
