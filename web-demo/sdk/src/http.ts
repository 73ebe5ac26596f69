// The HTTP requests that get a client in.
import { ProblemError } from "./errors.js";
import type { GuestReply, MeReply, Problem, RouterCapabilitiesReply, TicketReply } from "./generated/protocol.js";

const TIMEOUT_MS = 10_000;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export class HttpApi {
  readonly #origin: string;
  readonly #fetch: Fetch;

  constructor(origin: string, fetcher: Fetch) {
    this.#origin = origin.replace(/\/$/, "");
    this.#fetch = fetcher;
  }

  createGuest(name: string): Promise<GuestReply> {
    return this.#ask("POST", "/v1/guests", undefined, { name });
  }

  me(token: string): Promise<MeReply> {
    return this.#ask("GET", "/v1/me", token);
  }

  ticket(token: string): Promise<TicketReply> {
    return this.#ask("POST", "/v1/ws/tickets", token);
  }

  routerCapabilities(): Promise<RouterCapabilitiesReply> {
    return this.#ask("GET", "/v1/router-capabilities");
  }

  /** The address of the WebSocket that a ticket opens. */
  socketUrl(ticket: string): string {
    return `${this.#origin.replace(/^http/, "ws")}/v1/ws?ticket=${encodeURIComponent(ticket)}`;
  }

  async #ask<T>(method: string, path: string, token?: string, body?: unknown): Promise<T> {
    const response = await this.#fetch(this.#origin + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return (await response.json()) as T;
    throw new ProblemError(await problemOf(response));
  }
}

// A proxy in between may answer with something that is no problem object.
async function problemOf(response: Response): Promise<Problem> {
  try {
    const problem = (await response.json()) as Partial<Problem>;
    if (typeof problem.code === "string") return problem as Problem;
  } catch {
    // Not JSON: the status has to do.
  }
  const code = response.status === 401 ? "auth.invalid" : response.status < 500 ? "invalid" : "unavailable";
  return {
    type: `https://parlance.dev/errors/${code}`,
    title: response.statusText || `HTTP ${response.status}`,
    status: response.status,
    detail: `the server answered ${response.status}`,
    code,
    retryable: response.status >= 500 || response.status === 429,
  };
}
