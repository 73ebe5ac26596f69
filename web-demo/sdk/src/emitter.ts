// A typed event emitter without dependencies.

type Listener<Args extends unknown[]> = (...args: Args) => void;

/** Events are a map of name to arguments. A listener that throws does not keep the others from hearing. */
export class Emitter<Events extends { [Name in keyof Events]: unknown[] }> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Returns the function that takes the listener away again. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener as Listener<never>);
    return () => {
      listeners.delete(listener as Listener<never>);
    };
  }

  /** Resolves with the arguments of the next such event. */
  once<Name extends keyof Events>(name: Name): Promise<Events[Name]> {
    return new Promise((resolve) => {
      const off = this.on(name, (...args: Events[Name]) => {
        off();
        resolve(args);
      });
    });
  }

  protected emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as unknown as Listener<Events[Name]>)(...args);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** An emitter with a version that counts its changes, so that a view knows when to look again. */
export class Observable<Events extends { [Name in keyof Events]: unknown[] }> extends Emitter<
  Events & { change: [] }
> {
  #version = 0;
  #announced = false;

  get version(): number {
    return this.#version;
  }

  /** Several changes in one task make one `change` event. */
  protected changed(): void {
    this.#version += 1;
    if (this.#announced) return;
    this.#announced = true;
    const announce = this.emit.bind(this) as (name: "change") => void;
    queueMicrotask(() => {
      this.#announced = false;
      announce("change");
    });
  }
}
