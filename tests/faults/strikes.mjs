// Carries out a schedule, and leaves everything working.
import {delay} from "../e2e/harness/waiting.mjs";

const kSlowAfterFloodMs = 1000;

export class Strikes {
  #began = Date.now();
  counts = new Map();

  constructor(world) {
    this.world = world;
  }

  async run(plan, ms) {
    this.#began = Date.now();
    const lanes = Object.entries(plan).map(([name, strikes]) => this.#lane(strikes, ms, name === "members"));
    await Promise.all(lanes);
    await this.#until(ms);
  }

  #until(ms) {
    return delay(Math.max(0, this.#began + ms - Date.now()));
  }

  async #lane(strikes, ms, overlapping) {
    const running = [];
    for (const strike of strikes) {
      await this.#until(strike.at);
      // One that took longer than planned leaves less time to those behind it.
      if (Date.now() - this.#began > ms) break;
      this.counts.set(strike.kind, (this.counts.get(strike.kind) ?? 0) + 1);
      const struck = this[strike.kind](strike);
      if (overlapping) running.push(struck);
      else await struck;
    }
    await Promise.all(running);
  }

  #members({who}) {
    return who === "all" ? this.world.members : [this.world.members[who]];
  }

  async kill({forMs}) {
    await this.world.counters.note(this.world.server);
    await this.world.server.kill();
    await delay(forMs);
    await this.world.server.start();
  }

  async freeze({forMs}) {
    process.kill(this.world.server.pid, "SIGSTOP");
    await delay(forMs);
    process.kill(this.world.server.pid, "SIGCONT");
  }

  async restart({forMs}) {
    await this.world.counters.note(this.world.server);
    await this.world.server.terminate();
    await delay(forMs);
    await this.world.server.start();
  }

  async databaseKill({forMs}) {
    await this.world.storage.database.stop();
    await delay(forMs);
    await this.world.storage.database.startAgain();
  }

  async databaseFreeze({forMs}) {
    this.world.storage.database.freeze();
    await delay(forMs);
    this.world.storage.database.thaw();
  }

  async cut(strike) {
    for (const {proxy} of this.#members(strike)) proxy.cut();
    await delay(strike.forMs);
    for (const {proxy} of this.#members(strike)) proxy.mend();
  }

  async hang(strike) {
    for (const {proxy} of this.#members(strike)) proxy.hang();
  }

  async slow(strike) {
    const [member] = this.#members(strike);
    member.hold();
    await delay(strike.forMs);
    member.read();
  }

  async vanish(strike) {
    const [member] = this.#members(strike);
    member.vanish();
    await delay(strike.forMs);
    member.comeBack();
  }

  // Everybody writes long texts, and one does not read them.
  async flood(strike) {
    const slow = this.slow({...strike, forMs: strike.forMs + kSlowAfterFloodMs});
    this.world.flooding = true;
    await delay(strike.forMs);
    this.world.flooding = false;
    await slow;
  }
}
