// The media of one join: both transports, what is sent and what is received. A new join makes a new one.
import type { Device, types as mediasoup } from "mediasoup-client";
import { isProblem } from "./errors.js";
import type * as P from "./generated/protocol.js";
import { IceGuard } from "./ice-guard.js";
import { uuidv7 } from "./ids.js";
import type { Op, RequestOptions } from "./requests.js";

export interface MediaSessionDeps {
  request<Name extends Op>(
    op: Name,
    d: P.Operations[Name]["request"],
    options?: RequestOptions<Name>,
  ): Promise<P.Operations[Name]["reply"]>;
  /** A remote track is there; it carries media once the server has resumed it. */
  received(consumer: P.Consumer, track: MediaStreamTrack): void;
  stateChanged(): void;
  /** The transports can't be saved: join anew. */
  lost(reason: string): void;
}

export interface MediaSessionOptions {
  c: string;
  relayOnly: boolean;
}

/** What one `consumer.resume` may name. */
const RESUMED_AT_ONCE = 256;

export class MediaSession {
  readonly send: mediasoup.Transport;
  readonly recv: mediasoup.Transport;
  readonly device: Device;
  readonly #deps: MediaSessionDeps;
  readonly #c: string;
  readonly #guards: readonly [IceGuard, IceGuard];
  readonly #consumers = new Map<string, mediasoup.Consumer>();
  readonly #closedConsumers = new Set<string>();
  readonly #created = new Map<string, Promise<unknown>>();
  #toResume: string[] = [];
  #closed = false;

  constructor(
    device: Device,
    join: P.CallJoinReply,
    options: MediaSessionOptions,
    deps: MediaSessionDeps,
  ) {
    this.device = device;
    this.#deps = deps;
    this.#c = options.c;
    const common = {
      iceServers: join.ice_servers,
      iceTransportPolicy: options.relayOnly ? ("relay" as const) : ("all" as const),
    };
    this.send = device.createSendTransport({ ...transportOptions(join.send_transport), ...common });
    this.recv = device.createRecvTransport({ ...transportOptions(join.recv_transport), ...common });
    this.#guards = [this.#watch(this.send), this.#watch(this.recv)];
    this.send.on("produce", ({ kind, rtpParameters, appData }, answered) => {
      const producer = appData["producer"] as string;
      // The id is ours, so there is no need to wait; an error comes out of `produce`.
      answered({ id: producer });
      const created = this.#request("producer.create", {
        c: this.#c,
        transport: this.send.id,
        producer,
        kind,
        source: appData["source"] as P.Source,
        rtp_parameters: rtpParameters as P.RtpParameters,
        paused: appData["paused"] as boolean,
      });
      created.catch(() => undefined);
      this.#created.set(producer, created);
    });
  }

  /** `connected` once everything that is in use is; `interrupted` while one of both is broken. */
  get state(): "connecting" | "connected" | "interrupted" {
    const states = this.#guards.map((guard) => guard.state).filter((state) => state !== "new");
    if (states.some((state) => state === "disconnected" || state === "failed")) return "interrupted";
    return states.every((state) => state === "connected") ? "connected" : "connecting";
  }

  async produce(
    source: P.Source,
    track: MediaStreamTrack,
    options: { paused: boolean; maxBitrate?: number | undefined; codec?: string | undefined },
  ): Promise<mediasoup.Producer> {
    const codec = this.#codec(options.codec);
    const producer = await this.send.produce({
      track,
      stopTracks: false,
      ...(track.kind === "video" ? { encodings: [encoding(options.maxBitrate)] } : {}),
      ...(track.kind === "video" && codec ? { codec } : {}),
      codecOptions: { opusFec: true, videoGoogleStartBitrate: 600 },
      appData: { producer: uuidv7(), source, paused: options.paused },
    });
    if (options.paused) producer.pause();
    try {
      await this.#created.get(producer.id);
    } catch (error) {
      // `conflict` answers a repetition whose first answer was lost: it is there.
      if (!isProblem(error, "conflict")) {
        producer.close();
        throw error;
      }
    } finally {
      this.#created.delete(producer.id);
    }
    return producer;
  }

  /** Several at once are one round of negotiation and one request to resume. */
  consume(consumers: readonly P.Consumer[]): void {
    for (const consumer of consumers) void this.#consume(consumer);
  }

  closeConsumer(id: string): void {
    this.#closedConsumers.add(id);
    this.#consumers.get(id)?.close();
    this.#consumers.delete(id);
  }

  networkChanged(): void {
    for (const guard of this.#guards) guard.networkChanged();
  }

  /** The server's view of one of the transports. */
  serverState(transport: string, state: P.TransportStateEvent["state"]): void {
    if (this.#closed || (transport !== this.send.id && transport !== this.recv.id)) return;
    if (state === "failed" || state === "closed") this.#lost(`the server says ${state}`);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const guard of this.#guards) guard.close();
    this.send.close();
    this.recv.close();
  }

  async #consume(description: P.Consumer): Promise<void> {
    try {
      const consumer = await this.recv.consume({
        id: description.id,
        producerId: description.producer,
        kind: description.kind,
        rtpParameters: description.rtp_parameters as mediasoup.RtpParameters,
        // Streams that belong together are played in sync: voice with face, sound with screen.
        streamId: `${description.participant}-${description.source.startsWith("screen") ? "screen" : "self"}`,
      });
      if (this.#closedConsumers.has(description.id)) return consumer.close();
      this.#consumers.set(description.id, consumer);
      this.#deps.received(description, consumer.track);
      this.#resumeSoon(description.id);
    } catch (error) {
      if (!this.#closed) this.#lost(`can't receive: ${String(error)}`);
    }
  }

  #resumeSoon(id: string): void {
    this.#toResume.push(id);
    if (this.#toResume.length > 1) return;
    queueMicrotask(() => {
      const consumers = this.#toResume.filter((consumer) => !this.#closedConsumers.has(consumer));
      this.#toResume = [];
      for (let i = 0; i < consumers.length && !this.#closed; i += RESUMED_AT_ONCE) {
        void this.#resume(consumers.slice(i, i + RESUMED_AT_ONCE));
      }
    });
  }

  async #resume(consumers: string[]): Promise<void> {
    try {
      await this.#request("consumer.resume", { c: this.#c, consumers });
    } catch (error) {
      if (this.#closed || !isProblem(error, "not_found")) return;
      // One of them closed meanwhile, which refuses all: ask again for each that is left.
      if (consumers.length === 1) return;
      for (const consumer of consumers) {
        if (!this.#closedConsumers.has(consumer)) void this.#resume([consumer]);
      }
    }
  }

  #watch(transport: mediasoup.Transport): IceGuard {
    const guard = new IceGuard({
      restart: async () => {
        const { ice_parameters } = await this.#request("transport.restart", {
          c: this.#c,
          transport: transport.id,
        });
        if (!this.#closed) await transport.restartIce({ iceParameters: ice_parameters });
      },
      giveUp: () => this.#lost("ICE restarts did not help"),
    });
    transport.on("connect", ({ dtlsParameters }, connected) => {
      // What follows on the socket is handled after it, so there is no need to wait for the answer.
      connected();
      const request = { c: this.#c, transport: transport.id, dtls_parameters: dtlsParameters };
      this.#request("transport.connect", request).catch(() => undefined);
    });
    transport.on("connectionstatechange", (state) => {
      guard.stateChanged(state);
      if (!this.#closed) this.#deps.stateChanged();
    });
    return guard;
  }

  // What the server does not know any more can't be repaired piece by piece.
  async #request<Name extends Op>(
    op: Name,
    d: P.Operations[Name]["request"],
  ): Promise<P.Operations[Name]["reply"]> {
    try {
      return await this.#deps.request(op, d, { bound: true });
    } catch (error) {
      const gone = op.startsWith("transport.") || isProblem(error, "call.not_joined");
      if (gone && isProblem(error)) this.#lost(`${op}: ${error.message}`);
      throw error;
    }
  }

  #lost(reason: string): void {
    if (this.#closed) return;
    this.close();
    this.#deps.lost(reason);
  }

  #codec(mimeType: string | undefined): mediasoup.RtpCodecCapability | undefined {
    if (mimeType === undefined) return undefined;
    return this.device.sendRtpCapabilities.codecs?.find(
      (codec) => codec.mimeType.toLowerCase() === mimeType.toLowerCase(),
    );
  }
}

function encoding(maxBitrate: number | undefined): mediasoup.RtpEncodingParameters {
  return maxBitrate === undefined ? {} : { maxBitrate };
}

function transportOptions(transport: P.Transport): mediasoup.TransportOptions {
  return {
    id: transport.id,
    iceParameters: transport.ice_parameters,
    iceCandidates: transport.ice_candidates as mediasoup.IceCandidate[],
    dtlsParameters: transport.dtls_parameters,
  };
}
