// One conversation as this client follows it: its messages, members, who is here, and its call.
import type { Call, CallOptions } from "./call.js";
import type { EventFrame } from "./connection.js";
import { Observable } from "./emitter.js";
import type * as P from "./generated/protocol.js";
import { uuidv7 } from "./ids.js";
import { MessageStore } from "./messages.js";
import { Outbox } from "./outbox.js";
import type { Session } from "./session.js";
import type { ClientStorage } from "./storage.js";
import { TypingIn, TypingOut } from "./typing.js";

const PAGE = 50;
/** Further behind than this, the newest page is cheaper than everything in between. */
const MAX_CATCH_UP = 500;

export interface ConversationEvents {
  /** A message that was not known before, live or caught up. */
  message: [P.Message];
  /** The user is no member any more. */
  gone: [];
}

export interface ConversationDeps {
  session: Session;
  storage: ClientStorage;
  self(): P.User;
  /** Events were missed: the client catches up for all conversations at once. */
  catchUp(): void;
  createCall(conversation: Conversation, options: CallOptions): Call;
}

export class Conversation extends Observable<ConversationEvents> {
  readonly id: string;
  readonly #deps: ConversationDeps;
  readonly #store = new MessageStore();
  readonly #outbox: Outbox;
  readonly #typingOut: TypingOut;
  readonly #typingIn = new TypingIn(() => this.changed());
  #info: P.Conversation;
  #members: ReadonlyMap<string, P.Member> = new Map();
  #online: ReadonlySet<string> = new Set();
  #summary: P.CallSummary | null = null;
  #cursor: number;
  #wanted = false;
  #opened: Promise<void> | undefined;
  #loaded = false;
  #gone = false;
  #call: Call | undefined;

  constructor(info: P.Conversation, deps: ConversationDeps) {
    super();
    this.id = info.id;
    this.#info = info;
    this.#cursor = info.last_r;
    this.#deps = deps;
    const c = info.id;
    this.#outbox = new Outbox(
      this.#store,
      {
        send: (cmid, body) => deps.session.request("message.send", { c, cmid, body }),
        keep: (messages) => deps.storage.keepUnsent(c, messages),
        sent: (cmid, body, { q, r, at }) => ({ m: cmid, c, q, r, sender: deps.self().id, body, at }),
        changed: () => this.changed(),
      },
      deps.storage.unsent(c),
    );
    this.#typingOut = new TypingOut((typing) =>
      deps.session.notify(typing ? "typing.start" : "typing.stop", { c }),
    );
  }

  get title(): string {
    return this.#info.title;
  }

  get inviteCode(): string {
    return this.#info.invite_code;
  }

  get createdAt(): number {
    return this.#info.created_at;
  }

  /** By user id. Empty until `open`. */
  get members(): ReadonlyMap<string, P.Member> {
    return this.#members;
  }

  /** Users with a live session. */
  get online(): ReadonlySet<string> {
    return this.#online;
  }

  /** Users who are writing right now, without oneself. */
  get typing(): readonly string[] {
    return this.#typingIn.users;
  }

  get messages(): MessageStore["messages"] {
    return this.#store.messages;
  }

  get pending(): MessageStore["pending"] {
    return this.#store.pending;
  }

  get hasOlder(): boolean {
    return this.#store.hasOlder;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** The call that runs in this conversation, whether or not this client is in it. */
  get callSummary(): P.CallSummary | null {
    return this.#summary;
  }

  /** This tab's own part in the call. */
  get call(): Call | undefined {
    return this.#call;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Loads members, presence and the newest messages; follows all of it from then on. */
  open(): Promise<void> {
    this.#wanted = true;
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #open(): Promise<void> {
    const [view, page] = await Promise.all([
      this.#deps.session.request("conversation.get", { c: this.id }),
      this.#deps.session.request("message.history", { c: this.id, limit: PAGE }),
    ]);
    this.applyView(view);
    this.#store.mergeHistory(page.messages, page.has_more);
    this.#loaded = true;
    this.changed();
    void this.#outbox.flush();
  }

  async loadOlder(): Promise<void> {
    const before = this.#store.oldest;
    if (before === undefined || !this.#store.hasOlder) return;
    const page = await this.#deps.session.request("message.history", {
      c: this.id,
      before_q: before,
      limit: PAGE,
    });
    this.#store.mergeHistory(page.messages, page.has_more);
    this.changed();
  }

  /** Shown at once as pending; sent as soon as there is a connection. */
  send(body: string): void {
    this.#typingOut.stop();
    this.#outbox.add(body);
  }

  retry(cmid: string): void {
    this.#outbox.retry(cmid);
  }

  discard(cmid: string): void {
    this.#outbox.discard(cmid);
  }

  /** To be called for every change of the text being written. */
  noteTyping(text: string): void {
    if (text === "") this.#typingOut.stop();
    else this.#typingOut.note();
  }

  /** For the owner and admins: what isn't named stays as it is. */
  async update(change: Omit<P.ConversationUpdateRequest, "c">): Promise<void> {
    await this.#deps.session.request("conversation.update", { c: this.id, ...change });
  }

  /** For hosts: another role, or whether the member may write. */
  async updateMember(user: string, change: { role?: P.Role; muted?: boolean }): Promise<void> {
    await this.#deps.session.request("member.update", { c: this.id, user, ...change });
  }

  /** For hosts: one more code to come in by; until it expires, and for as many people as it says. */
  async createInvite(ends: { expires_at?: number; max_uses?: number } = {}): Promise<P.Invite> {
    const { invite } = await this.#deps.session.request("invite.create", { c: this.id, invite: uuidv7(), ...ends });
    return invite;
  }

  async invites(): Promise<P.Invite[]> {
    return (await this.#deps.session.request("invite.list", { c: this.id })).invites;
  }

  async revokeInvite(invite: string): Promise<void> {
    await this.#deps.session.request("invite.revoke", { c: this.id, invite });
  }

  async addMembers(users: string[]): Promise<void> {
    await this.#deps.session.request("member.add", { c: this.id, users });
  }

  /** Removes the member and keeps it out until unban(). */
  async ban(user: string): Promise<void> {
    await this.#deps.session.request("member.ban", { c: this.id, user });
  }

  async unban(user: string): Promise<void> {
    await this.#deps.session.request("member.unban", { c: this.id, user });
  }

  async removeMember(user: string): Promise<void> {
    await this.#deps.session.request("member.remove", { c: this.id, user });
  }

  /** Joins the call, or starts it. */
  async join(options: CallOptions = {}): Promise<Call> {
    if (this.#call && this.#call.state !== "left") return this.#call;
    const call = this.#deps.createCall(this, options);
    this.#call = call;
    this.changed();
    try {
      await call.enter();
    } finally {
      this.changed();
    }
    return call;
  }

  /** @internal A connection came back: ephemeral things may have changed unheard. */
  async refresh(): Promise<void> {
    if (!this.#wanted) return;
    if (!this.#opened) return this.open();
    this.applyView(await this.#deps.session.request("conversation.get", { c: this.id }));
    void this.#outbox.flush();
  }

  /** @internal The conversation's head as a new session told it; true where a sync is needed. */
  updateHead(info: P.Conversation): boolean {
    this.#info = info;
    this.changed();
    if (!this.#opened) {
      this.#cursor = info.last_r;
      return false;
    }
    if (info.last_r - this.#cursor > MAX_CATCH_UP) {
      this.#store.restart();
      this.#cursor = info.last_r;
      this.#opened = undefined;
      void this.open().catch(() => undefined);
      return false;
    }
    return info.last_r > this.#cursor;
  }

  /** @internal */
  applyView(view: P.View): void {
    this.#info = view.conversation;
    this.#members = new Map(view.members.map((member) => [member.user, member]));
    this.#online = new Set(view.online);
    this.#summary = view.call;
    if (!this.#loaded) this.#cursor = Math.max(this.#cursor, view.conversation.last_r);
    else if (view.conversation.last_r > this.#cursor) this.#deps.catchUp();
    this.changed();
  }

  /** @internal An event of this conversation, live or from sync. */
  apply(frame: EventFrame, fromSync = false): void {
    if (frame.r !== undefined) {
      if (frame.r <= this.#cursor) {
        // A snapshot may know of a message that the page of history, asked for beside it, does not.
        if (frame.ev === "message.created") this.#messageCreated((frame.d as P.MessageCreatedEvent).message);
        return;
      }
      if (this.#loaded && frame.r > this.#cursor + 1 && !fromSync) return this.#deps.catchUp();
      this.#cursor = frame.r;
    }
    this.#take(frame);
    this.changed();
  }

  /** @internal Where sync says that this client now stands. */
  moveCursor(r: number): void {
    this.#cursor = Math.max(this.#cursor, r);
  }

  /** @internal */
  markGone(): void {
    this.#gone = true;
    this.#call?.end("removed");
    this.emit("gone");
    this.changed();
  }

  #take(frame: EventFrame): void {
    const ev = frame.ev as keyof P.Events;
    switch (ev) {
      case "message.created":
        return this.#messageCreated((frame.d as P.MessageCreatedEvent).message);
      case "member.joined":
      case "member.updated": {
        const { member } = frame.d as P.MemberJoinedEvent;
        this.#members = new Map(this.#members).set(member.user, member);
        return;
      }
      case "member.left": {
        const members = new Map(this.#members);
        members.delete((frame.d as P.MemberLeftEvent).user);
        this.#members = members;
        return;
      }
      case "conversation.updated":
        this.#info = { ...this.#info, ...(frame.d as P.ConversationUpdatedEvent) };
        return;
      case "typing": {
        const { user, typing } = frame.d as P.TypingEvent;
        if (user !== this.#deps.self().id) this.#typingIn.note(user, typing);
        return;
      }
      case "presence": {
        const { user, online } = frame.d as P.PresenceEvent;
        const users = new Set(this.#online);
        if (online) users.add(user);
        else users.delete(user);
        this.#online = users;
        return;
      }
      case "call.started":
      case "call.updated":
        this.#summary = (frame.d as P.CallStartedEvent).call;
        break;
      case "call.ended":
        this.#summary = null;
        break;
    }
    this.#call?.apply(frame);
  }

  #messageCreated(message: P.Message): void {
    this.#typingIn.note(message.sender, false);
    if (!this.#opened) return;
    for (const fresh of this.#store.merge([message])) this.emit("message", fresh);
    this.changed();
  }
}
