// A client in front of a fake server, and things of the protocol to tell it.
import { Client } from "../src/client.js";
import type * as P from "../src/generated/protocol.js";
import { HttpApi } from "../src/http.js";
import { uuidv7 } from "../src/ids.js";
import { type DeviceFactory, MediaDevice } from "../src/media-device.js";
import { ClientStorage, MemoryStorage } from "../src/storage.js";
import { FakeServer } from "./fake-server.js";

export interface World {
  server: FakeServer;
  client: Client;
  storage: ClientStorage;
}

export function makeWorld(devices?: DeviceFactory, storage = new ClientStorage(new MemoryStorage(), new MemoryStorage())): World {
  const server = new FakeServer();
  const http = new HttpApi("http://server", server.fetch);
  const media = new MediaDevice(http, storage, devices ?? (() => Promise.reject(new Error("no media here"))));
  const client = new Client({
    url: "http://server",
    storage,
    fetch: server.fetch,
    sockets: server.connect,
    media,
  });
  return { server, client, storage };
}

export function conversation(change: Partial<P.Conversation> = {}): P.Conversation {
  return { id: uuidv7(), kind: "group", title: "Tea", archived: false, settings: { post: "guest", call: "guest" }, invite_code: "CODE", created_at: 1, last_q: 0, last_r: 1, ...change };
}

export function member(user: string, name: string, role: P.Role = "guest"): P.Member {
  return { user, name, role, joined_at: 1, visible_from: 1, muted: false };
}

export function message(c: string, q: number, r = q + 1, change: Partial<P.Message> = {}): P.Message {
  return { m: uuidv7(), c, q, r, sender: uuidv7(), body: `body ${q}`, at: q, ...change };
}

/** A conversation as the server holds it, with what it answers about it. */
export class ServerConversation {
  readonly messages: P.Message[] = [];
  readonly members: P.Member[];
  online: string[] = [];
  call: P.CallSummary | null = null;

  constructor(
    readonly server: FakeServer,
    readonly info: P.Conversation = conversation(),
  ) {
    this.members = [member(server.user.id, server.user.name, "owner")];
    server.conversations.push(info);
    server.handle("conversation.get", () => this.view());
    server.handle("invite.accept", () => this.view());
    server.handle("message.history", ({ before_q, limit }) => {
      const before = this.messages.filter(({ q }) => q < (before_q ?? Infinity));
      const page = before.slice(-(limit ?? 50));
      return { messages: page, has_more: before.length > page.length };
    });
    server.handle("message.send", ({ cmid, body }) => {
      const known = this.messages.find(({ m }) => m === cmid);
      const sent = known ?? this.add({ m: cmid, body, sender: server.user.id });
      return { m: sent.m, q: sent.q, r: sent.r, at: sent.at, dup: known !== undefined };
    });
  }

  view(): P.View {
    return { conversation: { ...this.info }, members: this.members, online: this.online, call: this.call };
  }

  /** Commits a message; tells of it only if asked to. */
  add(change: Partial<P.Message> = {}, tell = false): P.Message {
    const added = message(this.info.id, this.info.last_q + 1, this.info.last_r + 1, change);
    this.info.last_q = added.q;
    this.info.last_r = added.r;
    this.messages.push(added);
    if (tell) this.tell(added);
    return added;
  }

  tell(told: P.Message): void {
    const { c, q, r } = told;
    this.server.event("message.created", { message: told }, { c, q, r });
  }

  /** As sync answers it. */
  eventsAfter(r: number): P.SyncEvent[] {
    return this.messages
      .filter((sent) => sent.r > r)
      .map((sent) => ({ ev: "message.created", c: sent.c, q: sent.q, r: sent.r, d: { message: sent } }));
  }
}
