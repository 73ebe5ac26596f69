// What the app is doing: where in it one is, what is under way, and what to tell the user. No view.
import { Client, type Call, type Conversation, isProblem, Observable, type protocol } from "@parlance/sdk";
import { LocalMedia } from "./local-media";
import { cameraQuality } from "./quality";
import { invitePath, parseRoute, parseSwitches, type Route } from "./route";

export interface Notice {
  id: number;
  text: string;
  tone: "info" | "warning";
}

const NOTICE_MS = 6_000;

/** `lobby` before a conversation is open, `opening` on the way, `room` in it. */
export type Phase = "lobby" | "opening" | "room";

export class AppModel extends Observable<Record<never, never>> {
  readonly client: Client;
  readonly media: LocalMedia;
  #route: Route;
  #phase: Phase = "lobby";
  #conversation: Conversation | undefined;
  #error: string | undefined;
  #notices: readonly Notice[] = [];
  #noticeId = 0;
  #returning = false;

  constructor(client: Client = new Client(), media: LocalMedia = new LocalMedia()) {
    super();
    this.client = client;
    this.media = media;
    this.#route = parseRoute(location.pathname);
    addEventListener("popstate", () => this.#routed());
    client.on("signedOut", () => this.#toLobby("This server does not know you any more. Enter your name again."));
    client.on("change", () => this.changed());
    media.on("change", () => this.changed());
    client.on("removed", (removed) => {
      if (removed === this.#conversation) this.#toLobby("You were removed from this conversation.");
    });
  }

  get route(): Route {
    return this.#route;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get conversation(): Conversation | undefined {
    return this.#conversation;
  }

  get call(): Call | undefined {
    const call = this.#conversation?.call;
    return call?.state === "left" ? undefined : call;
  }

  get error(): string | undefined {
    return this.#error;
  }

  get notices(): readonly Notice[] {
    return this.#notices;
  }

  /** A call that the page is finding back to after a reload. */
  get returning(): boolean {
    return this.#returning;
  }

  /** The known conversation that the address leads to, for its title. */
  get invited(): Conversation | undefined {
    const route = this.#route;
    if (route.page !== "join") return undefined;
    return this.client.conversations.find(({ inviteCode }) => inviteCode === route.code);
  }

  async boot(): Promise<void> {
    void this.client.prepareMedia();
    if (!this.client.known) return;
    const remembered = this.client.rememberedCall;
    const route = this.#route;
    if (remembered && route.page === "join") {
      this.#returning = true;
      this.#setPhase("opening");
      // The devices open while the connection is made.
      void this.media.open({ microphone: true, camera: remembered.camera });
      if (!remembered.microphone) void this.media.toggle("microphone", false);
    }
    await this.client.enter().catch((error: unknown) => this.#failed(error));
    if (!this.#returning || route.page !== "join") return;
    // Asked again, as only now it is certain that this tab is no copy of another.
    const call = this.client.rememberedCall;
    if (call && this.invited?.id === call.c) await this.join(route.code, undefined, true);
    else this.#toLobby(undefined);
    this.#returning = false;
    this.changed();
  }

  /** A new conversation with a call in it. */
  async start(name: string, title: string): Promise<void> {
    await this.#openRoom(name, true, () => this.client.createConversation(title));
  }

  async join(code: string, name: string | undefined, withCall: boolean): Promise<void> {
    await this.#openRoom(name, withCall, () => this.client.acceptInvite(code));
  }

  async open(conversation: Conversation): Promise<void> {
    await this.#openRoom(undefined, false, async () => {
      await conversation.open();
      return conversation;
    });
  }

  async joinCall(): Promise<void> {
    const conversation = this.#conversation;
    if (!conversation) return;
    this.#error = undefined;
    const { relayOnly, videoCodec } = parseSwitches(location.search);
    const ready = conversation.join({ relayOnly, ...(videoCodec ? { videoCodec } : {}) });
    const call = conversation.call!;
    this.#follow(call);
    this.media.attach(call);
    try {
      await ready;
    } catch (error) {
      this.media.detach();
      this.#failed(error);
    }
  }

  async leaveCall(): Promise<void> {
    const call = this.call;
    this.media.detach();
    await call?.leave();
    this.media.close();
    this.changed();
  }

  async goHome(): Promise<void> {
    await this.leaveCall();
    this.#navigate("/");
  }

  notify(text: string, tone: Notice["tone"] = "info"): void {
    const id = ++this.#noticeId;
    this.#notices = [...this.#notices.slice(-3), { id, text, tone }];
    this.changed();
    setTimeout(() => {
      this.#notices = this.#notices.filter((notice) => notice.id !== id);
      this.changed();
    }, NOTICE_MS);
  }

  async #openRoom(
    name: string | undefined,
    withCall: boolean,
    find: () => Promise<Conversation>,
  ): Promise<void> {
    this.#error = undefined;
    this.#setPhase("opening");
    try {
      await this.client.enter(name);
      this.#conversation = await find();
      const path = invitePath(this.#conversation.inviteCode);
      if (location.pathname !== path) this.#navigate(path, this.#conversation);
      this.#setPhase("room");
      if (withCall) await this.joinCall();
    } catch (error) {
      this.#failed(error);
      this.#setPhase("lobby");
    }
  }

  #follow(call: Call): void {
    call.on("joined", ({ name }) => this.notify(`${name} joined`));
    call.on("left", ({ name }) => this.notify(`${name} left`));
    call.on("muted", (source, by) => this.#muted(source, by));
    call.on("refused", (source, error) => {
      this.notify(`Your ${label(source)} could not be sent: ${error.message}`, "warning");
    });
    call.on("change", () => {
      if (call.state === "joined") this.media.setQuality(cameraQuality(call.participants.length + 1));
      this.changed();
    });
    call.on("ended", (reason) => {
      if (reason === "removed") this.#failed(new Error("A host removed you from the call."));
      if (reason === "left" || reason === "closed") return;
      this.media.detach();
      this.media.close();
    });
  }

  #muted(source: protocol.Source, by: string): void {
    if (source === "microphone" || source === "camera") this.media.wasMuted(source);
    else this.media.stopScreen();
    const name = this.#conversation?.members.get(by)?.name ?? "A host";
    this.notify(`${name} switched off your ${label(source)}`, "warning");
  }

  #navigate(path: string, conversation?: Conversation): void {
    history.pushState(null, "", path + location.search);
    this.#route = parseRoute(path);
    if (!conversation) this.#toLobby(undefined);
  }

  #routed(): void {
    const route = parseRoute(location.pathname);
    this.#route = route;
    if (route.page === "join" && route.code === this.#conversation?.inviteCode) return;
    void this.leaveCall();
    this.#toLobby(undefined);
  }

  #toLobby(error: string | undefined): void {
    this.#conversation = undefined;
    this.#error = error;
    this.#setPhase("lobby");
  }

  #failed(error: unknown): void {
    this.#error = explain(error);
    this.changed();
  }

  #setPhase(phase: Phase): void {
    this.#phase = phase;
    this.changed();
  }
}

function label(source: protocol.Source): string {
  return { microphone: "microphone", camera: "camera", screen: "screen", screen_audio: "screen's sound" }[source];
}

function explain(error: unknown): string {
  if (isProblem(error, "not_found")) return "This invite leads nowhere. Ask for a new link.";
  if (isProblem(error, "call.full")) return "The call is full: 16 people are in it. You can still chat.";
  if (isProblem(error, "call.locked")) return "The host has locked the call. You can still chat.";
  if (isProblem(error, "rate_limited")) return "Too many tries. Wait a moment and try again.";
  if (isProblem(error)) return error.message;
  if (error instanceof TypeError) return "The server can't be reached. Check your connection and try again.";
  if (error instanceof Error && error.name === "UnsupportedError") {
    return "This browser can't take part in calls. Use a current Chrome or Firefox. You can still chat.";
  }
  return error instanceof Error ? error.message : String(error);
}
