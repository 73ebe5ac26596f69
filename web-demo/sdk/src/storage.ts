// What survives a reload: the device's token (localStorage, all tabs) and the tab's own identity
// (sessionStorage, this tab).
import type { RouterCapabilitiesReply } from "./generated/protocol.js";
import { uuidv7 } from "./ids.js";

export type KeyValue = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class MemoryStorage implements KeyValue {
  readonly #values = new Map<string, string>();

  getItem(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#values.set(key, value);
  }

  removeItem(key: string): void {
    this.#values.delete(key);
  }
}

// A browser may refuse storage (private mode, blocked cookies): the page then works until it is closed.
function usable(get: () => KeyValue): KeyValue {
  try {
    const storage = get();
    storage.setItem("parlance.probe", "1");
    storage.removeItem("parlance.probe");
    return storage;
  } catch {
    return new MemoryStorage();
  }
}

export interface CallMemory {
  c: string;
  participant: string;
  microphone: boolean;
  camera: boolean;
}

export interface UnsentMessage {
  cmid: string;
  body: string;
  at: number;
}

function parse<T>(text: string | null): T | undefined {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

export class ClientStorage {
  readonly #device: KeyValue;
  readonly #tab: KeyValue;
  #claimed: Promise<void> | undefined;

  constructor(
    device: KeyValue = usable(() => localStorage),
    tab: KeyValue = usable(() => sessionStorage),
  ) {
    this.#device = device;
    this.#tab = tab;
  }

  get token(): string | undefined {
    return this.#device.getItem("parlance.token") ?? undefined;
  }

  set token(token: string | undefined) {
    if (token === undefined) this.#device.removeItem("parlance.token");
    else this.#device.setItem("parlance.token", token);
  }

  get capabilities(): RouterCapabilitiesReply | undefined {
    return parse<RouterCapabilitiesReply>(this.#device.getItem("parlance.capabilities"));
  }

  set capabilities(capabilities: RouterCapabilitiesReply) {
    this.#device.setItem("parlance.capabilities", JSON.stringify(capabilities));
  }

  /** The call that this tab is in: a page that was reloaded finds back with it. */
  get call(): CallMemory | undefined {
    return parse<CallMemory>(this.#tab.getItem("parlance.call"));
  }

  set call(call: CallMemory | undefined) {
    if (call === undefined) this.#tab.removeItem("parlance.call");
    else this.#tab.setItem("parlance.call", JSON.stringify(call));
  }

  unsent(c: string): UnsentMessage[] {
    return parse<UnsentMessage[]>(this.#tab.getItem(`parlance.unsent.${c}`)) ?? [];
  }

  keepUnsent(c: string, messages: UnsentMessage[]): void {
    if (messages.length === 0) this.#tab.removeItem(`parlance.unsent.${c}`);
    else this.#tab.setItem(`parlance.unsent.${c}`, JSON.stringify(messages));
  }

  /**
   * "Duplicate tab" copies sessionStorage, and two tabs must not be one participant. The lock is held as
   * long as the page lives; who cannot get it is the copy and forgets what it inherited.
   */
  claimTab(locks: LockManager | undefined = globalThis.navigator?.locks): Promise<void> {
    this.#claimed ??= locks === undefined ? Promise.resolve() : this.#claim(locks);
    return this.#claimed;
  }

  async #claim(locks: LockManager): Promise<void> {
    const known = this.#tab.getItem("parlance.tab");
    const name = known ?? uuidv7();
    this.#tab.setItem("parlance.tab", name);
    if (await hold(locks, name)) return;
    this.call = undefined;
    const fresh = uuidv7();
    this.#tab.setItem("parlance.tab", fresh);
    await hold(locks, fresh);
  }
}

/** A reloaded page waits for its predecessor to end, which takes a busy machine a while. */
const CLAIM_MS = 5_000;

function hold(locks: LockManager, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    locks
      .request(`parlance.tab.${name}`, { signal: AbortSignal.timeout(CLAIM_MS) }, () => {
        resolve(true);
        return new Promise<never>(() => undefined);
      })
      .catch(() => resolve(false));
  });
}
