// A call on the fake server, with mediasoup-client's own fake browser behind the client.
import { FakeMediaStreamTrack } from "fake-mediastreamtrack";
import { Device } from "mediasoup-client";
import * as fakeParameters from "mediasoup-client/fakeParameters";
import { FakeHandler } from "mediasoup-client/handlers/FakeHandler";
import type * as P from "../src/generated/protocol.js";
import { uuidv7 } from "../src/ids.js";
import type { ClientStorage } from "../src/storage.js";
import { Refusal } from "./fake-server.js";
import { makeWorld, ServerConversation, type World } from "./fixtures.js";

export function track(kind: "audio" | "video"): MediaStreamTrack {
  return new FakeMediaStreamTrack({ kind }) as unknown as MediaStreamTrack;
}

type Kind = P.MediaKind;

/** The server's side of one call, with this client and others in it. */
export class CallWorld {
  readonly world: World;
  readonly tea: ServerConversation;
  readonly others: P.Participant[] = [];
  readonly othersProducers: P.Producer[] = [];
  /** This client's producers of its present join. */
  readonly produced = new Map<string, P.ProducerCreateRequest>();
  joins: P.CallJoinRequest[] = [];
  resumed: string[] = [];
  connected: string[] = [];
  restarted: string[] = [];
  transports: { send: string; recv: string } = { send: "", recv: "" };
  callId = uuidv7();
  /** So many joins are answered with "busy". */
  busyFor = 0;
  locked = false;
  /** The call is too large for the answer: the others are told by events. */
  shortAnswers = false;

  constructor(storage?: ClientStorage) {
    const factory = () =>
      Promise.resolve(new Device({ handlerFactory: FakeHandler.createFactory(fakeParameters as never) }));
    this.world = makeWorld(factory, storage);
    this.world.server.capabilities = fakeParameters.generateRouterRtpCapabilities();
    this.tea = new ServerConversation(this.world.server);
    this.#handle();
  }

  get c(): string {
    return this.tea.info.id;
  }

  other(name: string): P.Participant {
    const participant: P.Participant = { id: uuidv7(), user: uuidv7(), name, role: "guest", joined_at: this.others.length + 2 };
    this.others.push(participant);
    return participant;
  }

  producer(of: P.Participant, source: P.Source, paused = false): P.Producer {
    const kind: Kind = source === "camera" || source === "screen" ? "video" : "audio";
    const producer = { id: uuidv7(), participant: of.id, kind, source, paused };
    this.othersProducers.push(producer);
    return producer;
  }

  consumer(producer: P.Producer): P.Consumer {
    const mimeType = producer.kind === "audio" ? "audio/opus" : "video/VP8";
    const { id, rtpParameters } = fakeParameters.generateConsumerRemoteParameters({ codecMimeType: mimeType });
    void id;
    return {
      id: uuidv7(),
      producer: producer.id,
      participant: producer.participant,
      kind: producer.kind,
      source: producer.source,
      rtp_parameters: rtpParameters as P.RtpParameters,
      paused: true,
      producer_paused: producer.paused,
    };
  }

  event(ev: keyof P.Events, d: object, ephemeral = false): void {
    this.world.server.event(ev, d, { c: this.c }, ephemeral);
  }

  #handle(): void {
    const { server } = this.world;
    server.handle("call.join", (request) => this.#join(request));
    server.handle("call.leave", () => ({}));
    server.handle("transport.connect", ({ transport }) => {
      this.#expectTransport(transport);
      this.connected.push(transport);
      return {};
    });
    server.handle("transport.restart", ({ transport }) => {
      this.#expectTransport(transport);
      this.restarted.push(transport);
      return { ice_parameters: { usernameFragment: "abcd", password: "p".repeat(24), iceLite: true } };
    });
    server.handle("producer.create", (request) => {
      this.#expectTransport(request.transport);
      this.produced.set(request.producer, request);
      return {};
    });
    for (const op of ["producer.pause", "producer.resume"] as const) {
      server.handle(op, ({ producer }) => {
        const known = this.produced.get(producer);
        if (!known) throw new Refusal("not_found");
        this.produced.set(producer, { ...known, paused: op === "producer.pause" });
        return {};
      });
    }
    server.handle("producer.close", ({ producer }) => {
      this.produced.delete(producer);
      return {};
    });
    server.handle("consumer.resume", ({ consumers }) => {
      this.resumed.push(...consumers);
      return {};
    });
  }

  #expectTransport(id: string): void {
    if (id !== this.transports.send && id !== this.transports.recv) throw new Refusal("not_found");
  }

  #join(request: P.CallJoinRequest): P.CallJoinReply {
    this.joins.push(request);
    if (this.joins.length <= this.busyFor) throw new Refusal("unavailable", true);
    this.produced.clear();
    this.transports = { send: uuidv7(), recv: uuidv7() };
    const { user } = this.world.server;
    const self = { id: request.participant, user: user.id, name: user.name, role: "owner" as const, joined_at: 1 };
    return {
      call: {
        call: this.callId,
        c: this.c,
        started_at: 1,
        locked: this.locked,
        participants: this.shortAnswers ? [self] : [self, ...this.others],
        producers: this.shortAnswers ? [] : this.othersProducers,
      },
      self,
      send_transport: this.#transport(this.transports.send),
      recv_transport: this.#transport(this.transports.recv),
      ice_servers: [],
      consumers: this.shortAnswers ? [] : this.othersProducers.map((producer) => this.consumer(producer)),
    };
  }

  #transport(id: string): P.Transport {
    return {
      id,
      ice_parameters: { usernameFragment: "abcd", password: "p".repeat(24), iceLite: true },
      ice_candidates: [
        { foundation: "udp", priority: 1, address: "127.0.0.1", ip: "127.0.0.1", protocol: "udp", port: 4000, type: "host" },
      ],
      dtls_parameters: {
        role: "auto",
        fingerprints: [{ algorithm: "sha-256", value: Array(32).fill("AB").join(":") }],
      },
    };
  }
}
