import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Call } from "../src/call.js";
import { uuidv7 } from "../src/ids.js";
import { CallWorld, track } from "./call-world.js";
import { Refusal, SILENCE } from "./fake-server.js";

let call: Call;
let there: CallWorld;

beforeEach(() => {
  vi.useFakeTimers();
  there = new CallWorld();
});

afterEach(() => {
  there.world.client.close();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(20);

async function join(): Promise<Call> {
  await there.world.client.enter("Ada");
  const [conversation] = there.world.client.conversations;
  call = await conversation!.join();
  await settle();
  return call;
}

async function loseSession(): Promise<void> {
  there.world.server.remembers = false;
  there.world.server.drop();
  await vi.advanceTimersByTimeAsync(1_500);
}

const sources = () => [...there.produced.values()].map(({ source, paused }) => [source, paused]);

describe("joining", () => {
  test("takes one round trip, receives everything there is and asks to resume it at once", async () => {
    const bob = there.other("Bob");
    there.producer(bob, "microphone");
    there.producer(bob, "camera");
    await join();
    expect(call.state).toBe("joined");
    expect(there.joins).toHaveLength(1);
    expect(there.world.server.requests("consumer.resume")).toHaveLength(1);
    expect(there.resumed).toHaveLength(2);
    expect(there.connected).toEqual([there.transports.recv]);
    expect(call.participants.map(({ name }) => name)).toEqual(["Bob"]);
    expect([...call.participants[0]!.media.values()].map(({ track: got }) => got?.kind).sort()).toEqual(["audio", "video"]);
  });

  test("takes what the answer had no room for from the events behind it", async () => {
    const bob = there.other("Bob");
    const microphone = there.producer(bob, "microphone");
    there.shortAnswers = true;
    await join();
    there.event("participant.joined", { participant: bob });
    there.event("producer.created", { producer: microphone });
    there.event("consumer.created", { consumer: there.consumer(microphone) });
    await settle();
    expect(call.participants.map(({ name }) => name)).toEqual(["Bob"]);
    expect(call.participants[0]?.media.get("microphone")?.track?.kind).toBe("audio");
    expect(there.resumed).toHaveLength(1);
  });

  test("asks to resume no more at once than a request may name", async () => {
    for (let n = 0; n < 300; n += 1) there.producer(there.other(`Bob ${n}`), "microphone");
    await join();
    expect(there.world.server.requests("consumer.resume").map((request) => request.consumers.length)).toEqual([256, 44]);
    expect(new Set(there.resumed).size).toBe(300);
  });

  test("publishes what was wanted before it was answered", async () => {
    await there.world.client.enter("Ada");
    const [conversation] = there.world.client.conversations;
    const joining = conversation!.join();
    void conversation!.call!.publish("microphone", track("audio"), { paused: true });
    void conversation!.call!.publish("camera", track("video"), { maxBitrate: 500_000 });
    call = await joining;
    await settle();
    expect(sources()).toEqual([["microphone", true], ["camera", false]]);
  });

  test.each([
    ["call.full", "full"],
    ["call.locked", "locked"],
    ["not_found", "refused"],
  ] as const)("refused with %s ends it as %s", async (code, reason) => {
    there.world.server.handle("call.join", () => {
      throw new Refusal(code);
    });
    await expect(join()).rejects.toMatchObject({ code });
    const [conversation] = there.world.client.conversations;
    expect(conversation!.call?.leaveReason).toBe(reason);
  });

  test("goes on trying while the media plane is busy", async () => {
    there.busyFor = 7;
    const joining = join();
    await vi.advanceTimersByTimeAsync(60_000);
    await joining;
    expect(call.state).toBe("joined");
  });
});

describe("in a call", () => {
  test("who comes, sends, mutes and goes is followed", async () => {
    await join();
    const bob = there.other("Bob");
    const joined = vi.fn();
    const left = vi.fn();
    call.on("joined", ({ name }) => joined(name));
    call.on("left", ({ name }, reason) => left(name, reason));
    there.event("participant.joined", { participant: bob });
    const camera = there.producer(bob, "camera");
    there.event("producer.created", { producer: camera });
    there.event("consumer.created", { consumer: there.consumer(camera) });
    await settle();
    expect(call.participants[0]?.media.get("camera")).toMatchObject({ paused: false, track: { kind: "video" } });
    const { id: producer, participant, source } = camera;
    there.event("producer.updated", { producer, participant, source, paused: true });
    expect(call.participants[0]?.media.get("camera")?.paused).toBe(true);
    there.event("producer.closed", { producer, participant, source });
    expect(call.participants[0]?.media.size).toBe(0);
    there.event("participant.left", { participant, reason: "left" });
    expect(call.participants).toEqual([]);
    expect(joined).toHaveBeenCalledWith("Bob");
    expect(left).toHaveBeenCalledWith("Bob", "left");
  });

  test("several consumers that come together are resumed together", async () => {
    await join();
    const bob = there.other("Bob");
    there.event("participant.joined", { participant: bob });
    const consumers = (["microphone", "camera", "screen"] as const).map((source) =>
      there.consumer(there.producer(bob, source)),
    );
    for (const consumer of consumers) there.event("consumer.created", { consumer });
    await settle();
    expect(there.world.server.requests("consumer.resume").map((request) => request.consumers.length)).toEqual([3]);
  });

  test("a consumer that closes before it is resumed spoils nothing for the others", async () => {
    await join();
    const bob = there.other("Bob");
    const [gone, kept] = (["microphone", "camera"] as const).map((source) => there.consumer(there.producer(bob, source)));
    there.world.server.handle("consumer.resume", ({ consumers }) => {
      if (consumers.includes(gone!.id)) throw new Refusal("not_found");
      there.resumed.push(...consumers);
      return {};
    });
    there.event("participant.joined", { participant: bob });
    there.event("consumer.created", { consumer: gone! });
    there.event("consumer.created", { consumer: kept! });
    await settle();
    expect(there.resumed).toEqual([kept!.id]);
  });

  test("toggles that overtake each other end with the last wish", async () => {
    await join();
    await call.publish("microphone", track("audio"));
    void call.pause("microphone");
    void call.resume("microphone");
    void call.pause("microphone");
    await settle();
    expect(sources()).toEqual([["microphone", true]]);
    expect(call.local.get("microphone")?.track.enabled).toBe(false);
  });

  test("a host's mute is taken over and told of; the own echo is not", async () => {
    await join();
    const muted = vi.fn();
    call.on("muted", muted);
    await call.publish("microphone", track("audio"));
    const [producer] = there.produced.keys();
    const update = { producer, participant: call.participantId, source: "microphone", paused: true };
    there.event("producer.updated", update);
    await settle();
    expect(call.local.get("microphone")?.paused).toBe(false);
    const by = uuidv7();
    there.event("producer.updated", { ...update, by });
    await settle();
    expect(muted).toHaveBeenCalledWith("microphone", by);
    expect(call.local.get("microphone")?.paused).toBe(true);
    expect(there.world.server.requests("producer.pause")).toEqual([]);
  });

  test("a source that the server refuses is reported and not wanted any more", async () => {
    await join();
    const refused = vi.fn();
    call.on("refused", refused);
    there.world.server.handle("producer.create", () => {
      throw new Refusal("media.unsupported");
    });
    await expect(call.publish("camera", track("video"))).rejects.toMatchObject({ code: "media.unsupported" });
    expect(refused).toHaveBeenCalledOnce();
    expect(call.local.size).toBe(0);
    expect(call.state).toBe("joined");
  });

  test("removed by a host, it is over and not remembered", async () => {
    await join();
    expect(there.world.storage.call?.participant).toBe(call.participantId);
    there.event("participant.left", { participant: call.participantId, reason: "removed" });
    expect(call.state).toBe("left");
    expect(call.leaveReason).toBe("removed");
    expect(there.world.storage.call).toBeUndefined();
  });

  test("leaving tells the server and lets the tracks live", async () => {
    await join();
    const microphone = track("audio");
    await call.publish("microphone", microphone);
    await call.leave();
    expect(there.world.server.requests("call.leave")).toEqual([{ c: there.c, participant: call.participantId }]);
    expect(microphone.readyState).toBe("live");
  });
});

describe("coming back", () => {
  test("after a short outage of the socket nothing of the media is touched", async () => {
    await join();
    await call.publish("microphone", track("audio"));
    const { transports } = call;
    there.world.server.drop();
    void call.pause("microphone");
    await vi.advanceTimersByTimeAsync(1_500);
    expect(there.joins).toHaveLength(1);
    expect(call.transports?.send).toBe(transports?.send);
    expect(sources()).toEqual([["microphone", true]]);
  });

  test("after a lost session it joins as the same participant and publishes the same tracks", async () => {
    await join();
    const camera = track("video");
    await call.publish("microphone", track("audio"), { paused: true });
    await call.publish("camera", camera);
    await loseSession();
    await settle();
    expect(call.state).toBe("joined");
    expect(there.joins.map(({ participant }) => participant)).toEqual([call.participantId, call.participantId]);
    expect(sources()).toEqual([["microphone", true], ["camera", false]]);
    expect(call.local.get("camera")?.track).toBe(camera);
    expect(camera.readyState).toBe("live");
  });

  test("a session lost in the middle of joining is no failure", async () => {
    const { server } = there.world;
    await there.world.client.enter("Ada");
    const answer = server.handlerOf("call.join");
    server.handle("call.join", () => SILENCE);
    const joining = join();
    await settle();
    server.handle("call.join", answer);
    await loseSession();
    await joining;
    expect(call.state).toBe("joined");
  });

  test("a transport that the server does not know makes it join anew", async () => {
    await join();
    there.transports = { send: "", recv: "" };
    void call.publish("microphone", track("audio"));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(there.joins).toHaveLength(2);
    expect(sources()).toEqual([["microphone", false]]);
  });

  test("a transport that failed on the server makes it join anew", async () => {
    await join();
    there.event("transport.state", { transport: there.transports.recv, state: "failed" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(there.joins).toHaveLength(2);
  });

  test("taken for gone by the server, it comes back", async () => {
    await join();
    there.event("participant.left", { participant: call.participantId, reason: "timeout" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(call.state).toBe("joined");
    expect(there.joins).toHaveLength(2);
  });

  test("a reloaded page is the same participant", async () => {
    await join();
    const { storage } = there.world;
    const again = new CallWorld(storage);
    again.tea.info.id = there.c;
    await again.world.client.enter();
    const reloaded = await again.world.client.conversations[0]!.join();
    expect(reloaded.participantId).toBe(call.participantId);
    again.world.client.close();
  });
});
