// The client: who one is, the connection, and the conversations one is a member of.
import { Call, type CallOptions } from "./call.js";
import type { EventFrame, SocketFactory } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Observable } from "./emitter.js";
import type * as P from "./generated/protocol.js";
import { type Fetch, HttpApi } from "./http.js";
import { uuidv7 } from "./ids.js";
import { MediaDevice } from "./media-device.js";
import { watchNetwork } from "./network.js";
import { Session, type SessionState } from "./session.js";
import { ClientStorage } from "./storage.js";

export interface ClientOptions {
  /** Where the server is; default: where the page came from. */
  url?: string;
  storage?: ClientStorage;
  fetch?: Fetch;
  sockets?: SocketFactory;
  media?: MediaDevice;
}

export interface ClientEvents {
  state: [SessionState];
  /** This user is a member of a conversation that was not known before. */
  added: [Conversation];
  removed: [Conversation];
  /** The token is not known any more: `enter` with a name makes a new guest. */
  signedOut: [];
}

/** Start here: `enter` once, then `createConversation` or `acceptInvite`. */
export class Client extends Observable<ClientEvents> {
  readonly #http: HttpApi;
  readonly #storage: ClientStorage;
  readonly #session: Session;
  readonly #media: MediaDevice;
  readonly #conversations = new Map<string, Conversation>();
  readonly #unwatch: () => void;
  #user: P.User | undefined;
  #deviceId: string | undefined;
  #userR = 0;
  #catchingUp: Promise<void> | undefined;
  #catchUpAgain = false;

  constructor(options: ClientOptions = {}) {
    super();
    this.#http = new HttpApi(
      options.url ?? location.origin,
      options.fetch ?? ((url, init) => fetch(url, init)),
    );
    this.#storage = options.storage ?? new ClientStorage();
    this.#media = options.media ?? new MediaDevice(this.#http, this.#storage);
    this.#session = new Session(
      this.#http,
      options.sockets ?? ((url, protocol) => new WebSocket(url, protocol)),
    );
    this.#session.on("state", (state) => {
      this.emit("state", state);
      this.changed();
    });
    this.#session.on("hello", (hello) => void this.#media.prepare(hello.router_capabilities_hash));
    this.#session.on("started", (reply, again) => this.#started(reply, again));
    this.#session.on("resumed", () => this.#refresh());
    this.#session.on("event", (frame) => this.#apply(frame));
    this.#session.on("unauthenticated", () => this.#signedOut());
    this.#unwatch = watchNetwork({
      changed: () => this.#networkChanged(),
      visible: () => this.#session.probe(),
    });
  }

  get state(): SessionState {
    return this.#session.state;
  }

  /** Why the server does not want this client back, while the state is `refused`. */
  get refusal(): string {
    return this.#session.refusal;
  }

  get user(): P.User | undefined {
    return this.#user;
  }

  get deviceId(): string | undefined {
    return this.#deviceId;
  }

  /** True when this browser was here before: `enter` needs no name then. */
  get known(): boolean {
    return this.#storage.token !== undefined;
  }

  get conversations(): readonly Conversation[] {
    return [...this.#conversations.values()];
  }

  /** The call that this tab was in before it was reloaded; certain once `enter` has resolved. */
  get rememberedCall(): ClientStorage["call"] {
    return this.#storage.call;
  }

  /** Becomes a guest of that name, or the one this browser already is; resolves once the session stands. */
  async enter(name?: string): Promise<P.User> {
    const claimed = this.#storage.claimTab();
    if (this.#storage.token === undefined) {
      if (name === undefined) throw new Error("a new guest needs a name");
      const guest = await this.#http.createGuest(name);
      this.#storage.token = guest.token;
    }
    await this.connect();
    await claimed;
    if (name !== undefined && name !== this.#user!.name) await this.rename(name);
    return this.#user!;
  }

  /** Connects again after `refused` or `close`; needs a known token. */
  connect(): Promise<void> {
    const token = this.#storage.token;
    if (token === undefined) return Promise.reject(new Error("not entered"));
    if (this.#session.state === "online") return Promise.resolve();
    return new Promise((resolve, reject) => {
      const off = this.#session.on("state", (state) => {
        if (state !== "online" && state !== "refused" && state !== "idle") return;
        off();
        if (state === "online") resolve();
        else reject(new Error(state === "refused" ? this.refusal : "signed out"));
      });
      this.#session.connect(token);
    });
  }

  /** Loads what joining a call needs, ahead of the click. */
  async prepareMedia(): Promise<void> {
    await this.#media.prepare(this.#session.hello?.router_capabilities_hash);
  }

  async rename(name: string): Promise<void> {
    const { user } = await this.#session.request("profile.update", { name });
    this.#user = user;
    this.changed();
  }

  async createConversation(title: string, kind: "group" | "channel" = "group"): Promise<Conversation> {
    const c = uuidv7();
    const { conversation } = await this.#session.request("conversation.create", { c, title, kind });
    const created = this.#add(conversation);
    created.open().catch(() => undefined);
    return created;
  }

  /** The messages are loaded behind it, so that a call can be joined without waiting for them. */
  async acceptInvite(code: string): Promise<Conversation> {
    const view = await this.#session.request("invite.accept", { code });
    const conversation = this.#add(view.conversation);
    conversation.applyView(view);
    conversation.open().catch(() => undefined);
    return conversation;
  }

  /** Disconnects; the identity stays. */
  close(): void {
    this.#unwatch();
    for (const conversation of this.#conversations.values()) conversation.call?.end("closed");
    this.#session.close();
  }

  #started(reply: P.SessionStartReply, again: boolean): void {
    this.#user = reply.user;
    this.#deviceId = reply.device_id;
    const known = new Set(reply.conversations.map((conversation) => conversation.id));
    for (const c of [...this.#conversations.keys()]) if (!known.has(c)) this.#remove(c);
    let behind = false;
    for (const info of reply.conversations) {
      const conversation = this.#conversations.get(info.id);
      if (conversation) behind = conversation.updateHead(info) || behind;
      else this.#add(info);
    }
    this.#userR = reply.user_r;
    this.changed();
    if (!again) return;
    if (behind) this.#catchUp();
    this.#refresh();
    for (const conversation of this.#conversations.values()) conversation.call?.sessionLost();
  }

  #refresh(): void {
    for (const conversation of this.#conversations.values()) {
      conversation.refresh().catch(() => undefined);
    }
  }

  #networkChanged(): void {
    this.#session.probe();
    for (const conversation of this.#conversations.values()) conversation.call?.networkChanged();
  }

  #apply(frame: EventFrame, fromSync = false): void {
    if (frame.c !== undefined) return this.#conversations.get(frame.c)?.apply(frame, fromSync);
    if (frame.r !== undefined) {
      if (frame.r <= this.#userR) return;
      if (frame.r > this.#userR + 1 && !fromSync) return this.#catchUp();
      this.#userR = frame.r;
    }
    switch (frame.ev as keyof P.Events) {
      case "conversation.added":
        this.#add((frame.d as P.ConversationAddedEvent).conversation);
        return;
      case "conversation.removed":
        this.#remove((frame.d as P.ConversationRemovedEvent).c);
        return;
      case "profile.updated":
        if (this.#user) this.#user = { ...this.#user, name: (frame.d as P.ProfileUpdatedEvent).name };
        this.changed();
    }
  }

  #add(info: P.Conversation): Conversation {
    const known = this.#conversations.get(info.id);
    if (known) return known;
    const conversation = new Conversation(info, {
      session: this.#session,
      storage: this.#storage,
      self: () => this.#user!,
      catchUp: () => this.#catchUp(),
      createCall: (of, options) => this.#createCall(of, options),
    });
    this.#conversations.set(info.id, conversation);
    this.emit("added", conversation);
    this.changed();
    return conversation;
  }

  #createCall(conversation: Conversation, options: CallOptions): Call {
    return new Call(conversation.id, options, {
      session: this.#session,
      storage: this.#storage,
      media: this.#media,
      self: () => this.#user!,
    });
  }

  #remove(c: string): void {
    const conversation = this.#conversations.get(c);
    if (!conversation) return;
    this.#conversations.delete(c);
    conversation.markGone();
    this.emit("removed", conversation);
    this.changed();
  }

  // One catch-up at a time; a wish that comes meanwhile makes one more afterwards.
  #catchUp(): void {
    if (this.#catchingUp) {
      this.#catchUpAgain = true;
      return;
    }
    this.#catchingUp = this.#sync()
      .catch(() => undefined)
      .finally(() => {
        this.#catchingUp = undefined;
        if (!this.#catchUpAgain) return;
        this.#catchUpAgain = false;
        this.#catchUp();
      });
  }

  async #sync(): Promise<void> {
    for (;;) {
      const cursors = this.conversations
        .filter((conversation) => conversation.loaded)
        .map((conversation) => ({ c: conversation.id, r: conversation.cursor }));
      const page = await this.#session.request("sync", { cursors, user_r: this.#userR });
      for (const event of page.events) this.#apply(event, true);
      for (const { c, r } of page.cursors) if (!page.has_more) this.#conversations.get(c)?.moveCursor(r);
      for (const c of page.gone) this.#remove(c);
      if (!page.has_more || page.events.length === 0) return;
    }
  }

  #signedOut(): void {
    this.#storage.token = undefined;
    this.#storage.call = undefined;
    for (const c of [...this.#conversations.keys()]) this.#remove(c);
    this.#user = undefined;
    this.emit("signedOut");
    this.changed();
  }
}
