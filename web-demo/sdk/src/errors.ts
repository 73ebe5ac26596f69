// What can go wrong, as the caller sees it.
import type { ErrorCode, Problem } from "./generated/protocol.js";

/** The server's answer was an error: `code` is stable, `retryable` says whether asking again can help. */
export class ProblemError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
    this.problem = problem;
    this.code = problem.code;
    this.status = problem.status;
    this.retryable = problem.retryable;
    this.retryAfterMs = problem.retry_after_ms;
  }
}

/** No answer came in time, although the connection stood. */
export class TimeoutError extends Error {
  constructor(op: string) {
    super(`no answer to ${op}`);
    this.name = "TimeoutError";
  }
}

/** The session that a request belonged to is gone; what it was about has to be set up again. */
export class SessionLostError extends Error {
  constructor() {
    super("the session was lost");
    this.name = "SessionLostError";
  }
}

/** The client was closed, by its user or by the server for good. */
export class ClosedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "ClosedError";
  }
}

export function isProblem(error: unknown, ...codes: ErrorCode[]): error is ProblemError {
  return error instanceof ProblemError && (codes.length === 0 || codes.includes(error.code));
}
