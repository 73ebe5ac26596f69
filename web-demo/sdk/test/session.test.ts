import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ClosedError, ProblemError, SessionLostError, TimeoutError } from "../src/errors.js";
import { HttpApi } from "../src/http.js";
import { uuidv7 } from "../src/ids.js";
import { Session } from "../src/session.js";
import { FakeServer, Refusal, SILENCE } from "./fake-server.js";

const c = uuidv7();
let server: FakeServer;
let session: Session;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  session = new Session(new HttpApi("http://server", server.fetch), server.connect);
});

afterEach(() => {
  session.close();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

async function online(): Promise<void> {
  session.connect("token");
  await settle();
  expect(session.state).toBe("online");
}

describe("Session", () => {
  test("gets in with a ticket of its own for each connection", async () => {
    await online();
    server.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(session.state).toBe("online");
    expect(server.tickets).toHaveLength(2);
    expect(server.socket?.url).toBe("ws://server/v1/ws?ticket=ticket-1");
  });

  test("resumes after the last event it has, and hears what it missed once and in order", async () => {
    await online();
    const heard: string[] = [];
    session.on("event", ({ ev }) => heard.push(ev));
    server.event("call.ended", { call: uuidv7() }, { c });
    server.drop();
    server.event("member.left", { user: uuidv7() }, { c, r: 1 });
    server.event("conversation.updated", { title: "t", archived: false, settings: { post: "guest", call: "guest" } }, { c, r: 2 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.requests("session.resume")).toEqual([{ session_id: "session-1", s: 1 }]);
    expect(heard).toEqual(["call.ended", "member.left", "conversation.updated"]);
  });

  test("goes on with the resumed session's id on the connection after next", async () => {
    await online();
    for (let time = 0; time < 2; time += 1) {
      server.drop();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(server.requests("session.resume").map(({ session_id }) => session_id)).toEqual(["session-1", "session-1"]);
  });

  test("starts anew when the server has forgotten it, and says so", async () => {
    const started = vi.fn();
    session.on("started", (_, again) => started(again));
    await online();
    server.remembers = false;
    server.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(started.mock.calls).toEqual([[false], [true]]);
    expect(session.state).toBe("online");
  });

  test("sends an unanswered request again on the next connection under a new number", async () => {
    await online();
    let answer = false;
    server.handle("conversation.list", () => (answer ? { conversations: [], user_r: 7 } : SILENCE));
    const reply = session.request("conversation.list", {});
    await settle();
    answer = true;
    server.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await reply).user_r).toBe(7);
    const ids = server.received.filter(({ op }) => op === "conversation.list").map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  test("fails a request bound to the session when that is lost, and keeps it when it is resumed", async () => {
    await online();
    server.handle("call.get", () => SILENCE);
    const reply = session.request("call.get", { c }, { bound: true });
    const outcome = reply.catch((error: unknown) => error);
    server.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.requests("call.get")).toHaveLength(2);
    server.remembers = false;
    server.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await outcome).toBeInstanceOf(SessionLostError);
  });

  test("gives a request up in time, and the connection too when it is dead", async () => {
    await online();
    server.handle("call.get", () => SILENCE);
    const outcome = session.request("call.get", { c }).catch((error: unknown) => error);
    server.socket!.onmessage = null;
    await vi.advanceTimersByTimeAsync(15_001);
    expect(await outcome).toBeInstanceOf(TimeoutError);
    await vi.advanceTimersByTimeAsync(6_500);
    expect(server.closes.map(({ code }) => code)).toContain(4009);
    expect(server.sockets).toBe(2);
  });

  test("repeats what was refused for a while, after the time that the server says", async () => {
    await online();
    let tries = 0;
    server.handle("conversation.list", () => {
      tries += 1;
      if (tries === 1) throw new Refusal("rate_limited", true, 2_000);
      return { conversations: [], user_r: 1 };
    });
    const reply = session.request("conversation.list", {});
    await vi.advanceTimersByTimeAsync(1_900);
    expect(tries).toBe(1);
    await vi.advanceTimersByTimeAsync(700);
    expect((await reply).user_r).toBe(1);
  });

  test("hands a final refusal to the one who asked", async () => {
    await online();
    server.handle("call.get", () => {
      throw new Refusal("not_found");
    });
    await expect(session.request("call.get", { c })).rejects.toBeInstanceOf(ProblemError);
  });

  test("acknowledges with each heartbeat, and sooner when much has come", async () => {
    await online();
    for (let count = 0; count < 64; count += 1) server.event("call.ended", { call: uuidv7() }, { c });
    await settle();
    expect(server.received.at(-1)).toEqual({ op: "hb", a: 64 });
    const before = server.received.length;
    await vi.advanceTimersByTimeAsync(25_000);
    expect(server.received.length).toBeGreaterThan(before);
  });

  test("leaves a silent connection after heartbeat and grace", async () => {
    await online();
    server.socket!.send = () => undefined;
    await vi.advanceTimersByTimeAsync(32_900);
    expect(server.sockets).toBe(1);
    await vi.advanceTimersByTimeAsync(1_200);
    expect(server.sockets).toBe(2);
  });

  test("takes an event that comes twice once", async () => {
    await online();
    const heard = vi.fn();
    session.on("event", heard);
    const frame = { s: 1, ev: "call.ended", c, d: { call: uuidv7() } };
    server.socket!.deliver(frame, frame);
    expect(heard).toHaveBeenCalledOnce();
    expect(session.state).toBe("online");
  });

  test("trusts no session with a hole in its events", async () => {
    await online();
    const started = vi.fn();
    session.on("started", started);
    server.skipOne();
    server.event("call.ended", { call: uuidv7() }, { c });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(started).toHaveBeenCalledTimes(1);
    expect(server.requests("session.resume")).toEqual([]);
  });

  test("does not come back after a close code that says so", async () => {
    await online();
    server.handle("call.get", () => SILENCE);
    const outcome = session.request("call.get", { c }).catch((error: unknown) => error);
    server.drop(4500, "bad frame");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.state).toBe("refused");
    expect(session.refusal).toBe("bad frame");
    expect(server.sockets).toBe(1);
    expect(await outcome).toBeInstanceOf(ClosedError);
  });

  test("waits as long as a server that stops asks it to", async () => {
    await online();
    server.control("reconnect", { after_ms: 5_000 });
    server.drop(4001);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(server.sockets).toBe(1);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(session.state).toBe("online");
  });

  test("is back within two seconds of a server that was away for ten", async () => {
    await online();
    server.reachable = false;
    server.remembers = false;
    server.drop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(session.state).toBe("reconnecting");
    server.reachable = true;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(session.state).toBe("online");
  });

  test("says when its token is not known any more", async () => {
    const unauthenticated = vi.fn();
    session.on("unauthenticated", unauthenticated);
    server.knowsToken = false;
    session.connect("token");
    await settle();
    expect(unauthenticated).toHaveBeenCalledOnce();
    expect(session.state).toBe("idle");
  });
});
