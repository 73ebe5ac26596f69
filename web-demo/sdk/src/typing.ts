// Who is writing: told to the others at a sane rate, and forgotten when it is not repeated.

const REPEAT_MS = 3_000;
const IDLE_MS = 5_000;
/** Longer than the repetition, so that one lost hint changes nothing. */
const EXPIRE_MS = 8_000;

/** The own side: turns key strokes into start and stop. */
export class TypingOut {
  readonly #tell: (typing: boolean) => void;
  #toldAt: number | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (typing: boolean) => void) {
    this.#tell = tell;
  }

  note(now: number = Date.now()): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stop(), IDLE_MS);
    if (this.#toldAt !== undefined && now - this.#toldAt < REPEAT_MS) return;
    this.#toldAt = now;
    this.#tell(true);
  }

  stop(): void {
    clearTimeout(this.#idle);
    if (this.#toldAt === undefined) return;
    this.#toldAt = undefined;
    this.#tell(false);
  }
}

/** The others' side. */
export class TypingIn {
  readonly #changed: () => void;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #users: readonly string[] = [];

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get users(): readonly string[] {
    return this.#users;
  }

  note(user: string, typing: boolean): void {
    clearTimeout(this.#timers.get(user));
    if (typing) this.#timers.set(user, setTimeout(() => this.note(user, false), EXPIRE_MS));
    else if (!this.#timers.delete(user)) return;
    this.#users = [...this.#timers.keys()];
    this.#changed();
  }
}
