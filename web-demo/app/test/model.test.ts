// @vitest-environment jsdom
import { Observable, ProblemError } from "@parlance/sdk";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LocalMedia } from "../src/lib/local-media";
import { AppModel } from "../src/lib/model";
import { FEW, MANY } from "../src/lib/quality";

class Fake extends Observable<Record<string, unknown[]>> {
  fire(event: string, ...args: unknown[]): void {
    const emit = this.emit.bind(this) as (event: string, ...args: unknown[]) => void;
    emit(event, ...args);
  }
}

class FakeCall extends Fake {
  state = "joining";
  participants: unknown[] = [];
  readonly leave = vi.fn(() => {
    this.end("left");
    return Promise.resolve();
  });

  end(reason: string): void {
    this.state = "left";
    this.fire("ended", reason);
  }
}

class FakeConversation extends Fake {
  call: FakeCall | undefined;
  joining: Promise<unknown> = Promise.resolve();
  readonly members = new Map([["u-ada", { user: "u-ada", name: "Ada" }]]);

  constructor(
    readonly id: string,
    readonly inviteCode: string,
  ) {
    super();
  }

  readonly open = vi.fn(() => Promise.resolve());
  readonly join = vi.fn(() => {
    const call = (this.call = new FakeCall());
    return this.joining.then(() => (call.state = "joined"));
  });
}

class FakeClient extends Fake {
  known = true;
  rememberedCall: { c: string; microphone: boolean; camera: boolean } | undefined;
  readonly tea = new FakeConversation("c-tea", "TEA");
  conversations: FakeConversation[] = [this.tea];
  readonly prepareMedia = vi.fn(() => Promise.resolve());
  readonly enter = vi.fn((_name?: string) => Promise.resolve());
  readonly createConversation = vi.fn((_title: string) => Promise.resolve(this.tea));
  readonly acceptInvite = vi.fn((_code: string): Promise<FakeConversation> => Promise.resolve(this.tea));
}

class FakeMedia extends Fake {
  readonly open = vi.fn(() => Promise.resolve());
  readonly toggle = vi.fn(() => Promise.resolve());
  readonly attach = vi.fn();
  readonly detach = vi.fn();
  readonly close = vi.fn();
  readonly wasMuted = vi.fn();
  readonly stopScreen = vi.fn();
  readonly setQuality = vi.fn();
}

let client: FakeClient;
let media: FakeMedia;

function modelAt(path: string): AppModel {
  history.replaceState(null, "", path);
  return new AppModel(client as never, media as unknown as LocalMedia);
}

async function inCall(): Promise<{ model: AppModel; call: FakeCall }> {
  const model = modelAt("/join/TEA");
  await model.join("TEA", "Bob", true);
  return { model, call: client.tea.call! };
}

const problem = (code: string) => new ProblemError({ code, message: code, retryable: false } as never);

beforeEach(() => {
  client = new FakeClient();
  media = new FakeMedia();
});

afterEach(() => vi.useRealTimers());

describe("coming in", () => {
  test("a new call has the invite's address, and the devices go to it", async () => {
    const model = modelAt("/");
    await model.start("Ada", "Tea");
    expect(client.enter).toHaveBeenCalledWith("Ada");
    expect(location.pathname).toBe("/join/TEA");
    expect(model.phase).toBe("room");
    expect(media.attach).toHaveBeenCalledWith(client.tea.call);
  });

  test("an invite can be taken for the chat alone", async () => {
    const model = modelAt("/join/TEA");
    await model.join("TEA", "Bob", false);
    expect(model.phase).toBe("room");
    expect(client.tea.join).not.toHaveBeenCalled();
  });

  test.each([
    ["not_found", /invite leads nowhere/],
    ["rate_limited", /Too many tries/],
  ])("%s leaves in the lobby, with what to do", async (code, text) => {
    client.acceptInvite.mockRejectedValue(problem(code));
    const model = modelAt("/join/GONE");
    await model.join("GONE", "Bob", true);
    expect(model.phase).toBe("lobby");
    expect(model.error).toMatch(text);
  });

  test.each([
    ["call.full", /16 people/],
    ["call.locked", /locked the call/],
  ])("%s leaves in the chat, without the devices", async (code, text) => {
    client.tea.joining = Promise.reject(problem(code));
    const model = modelAt("/join/TEA");
    await model.join("TEA", "Bob", true);
    expect(model.phase).toBe("room");
    expect(model.error).toMatch(text);
    expect(media.detach).toHaveBeenCalledOnce();
  });
});

describe("a reload", () => {
  test("goes back into the call with the devices as they were", async () => {
    client.rememberedCall = { c: "c-tea", microphone: false, camera: true };
    const model = modelAt("/join/TEA");
    const booted = model.boot();
    expect(model.returning).toBe(true);
    await booted;
    expect(media.open).toHaveBeenCalledWith({ microphone: true, camera: true });
    expect(media.toggle).toHaveBeenCalledWith("microphone", false);
    expect(client.tea.join).toHaveBeenCalledOnce();
    expect(model.returning).toBe(false);
  });

  test("of a copied tab stays outside: the first one is still in the call", async () => {
    client.rememberedCall = { c: "c-tea", microphone: true, camera: true };
    client.enter.mockImplementation(() => {
      client.rememberedCall = undefined;
      return Promise.resolve();
    });
    const model = modelAt("/join/TEA");
    await model.boot();
    expect(client.tea.join).not.toHaveBeenCalled();
    expect(model.phase).toBe("lobby");
  });

  test("asks a stranger for a name first", async () => {
    client.known = false;
    await modelAt("/join/TEA").boot();
    expect(client.enter).not.toHaveBeenCalled();
  });
});

describe("in a call", () => {
  test("more than four people make the picture smaller, fewer make it large again", async () => {
    const { call } = await inCall();
    call.participants = [1, 2, 3];
    call.fire("change");
    expect(media.setQuality).toHaveBeenLastCalledWith(FEW);
    call.participants = [1, 2, 3, 4];
    call.fire("change");
    expect(media.setQuality).toHaveBeenLastCalledWith(MANY);
    call.participants = [1];
    call.fire("change");
    expect(media.setQuality).toHaveBeenLastCalledWith(FEW);
  });

  test("a host's mute switches the device off and says who it was", async () => {
    const { model, call } = await inCall();
    call.fire("muted", "microphone", "u-ada");
    expect(media.wasMuted).toHaveBeenCalledWith("microphone");
    expect(model.notices.at(-1)).toMatchObject({ text: "Ada switched off your microphone", tone: "warning" });
    call.fire("muted", "screen", "u-nobody");
    expect(media.stopScreen).toHaveBeenCalledOnce();
    expect(model.notices.at(-1)!.text).toBe("A host switched off your screen");
  });

  test("being removed gives the devices back and says so", async () => {
    const { model, call } = await inCall();
    call.end("removed");
    expect(media.close).toHaveBeenCalledOnce();
    expect(model.error).toMatch(/removed you from the call/);
    expect(model.call).toBeUndefined();
    expect(model.phase).toBe("room");
  });

  test("leaving it gives the devices back and keeps the chat", async () => {
    const { model, call } = await inCall();
    await model.leaveCall();
    expect(call.leave).toHaveBeenCalledOnce();
    expect(media.close).toHaveBeenCalledOnce();
    expect(model.phase).toBe("room");
  });

  test("the back button leaves it", async () => {
    const { model, call } = await inCall();
    history.replaceState(null, "", "/");
    dispatchEvent(new PopStateEvent("popstate"));
    await vi.waitFor(() => expect(call.leave).toHaveBeenCalledOnce());
    expect(model.phase).toBe("lobby");
    expect(model.conversation).toBeUndefined();
  });

  test("a notice goes by itself, and four at most are shown", async () => {
    vi.useFakeTimers();
    const { model, call } = await inCall();
    for (const name of ["a", "b", "c", "d", "e"]) call.fire("joined", { name });
    expect(model.notices.map(({ text }) => text)).toEqual(["b joined", "c joined", "d joined", "e joined"]);
    vi.advanceTimersByTime(6_000);
    expect(model.notices).toEqual([]);
  });
});

describe("from outside", () => {
  test("a server that forgot the user asks for the name again", async () => {
    const { model } = await inCall();
    client.fire("signedOut");
    expect(model.phase).toBe("lobby");
    expect(model.error).toMatch(/Enter your name again/);
  });

  test("only the open conversation's end closes the room", async () => {
    const { model } = await inCall();
    client.fire("removed", new FakeConversation("c-other", "OTHER"));
    expect(model.phase).toBe("room");
    client.fire("removed", client.tea);
    expect(model.phase).toBe("lobby");
  });
});
