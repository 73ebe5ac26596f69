// This tab's part in a call: joins in one round trip, follows who is there, and comes back by itself when
// the connection, the session or the transports are lost. Local tracks belong to the caller and are kept.
import type { types as mediasoup } from "mediasoup-client";
import type { EventFrame } from "./connection.js";
import { Observable } from "./emitter.js";
import { ClosedError, isProblem, SessionLostError, TimeoutError } from "./errors.js";
import type * as P from "./generated/protocol.js";
import { uuidv7 } from "./ids.js";
import type { MediaDevice } from "./media-device.js";
import { MediaSession } from "./media-session.js";
import { type LocalMedia, Publisher } from "./publisher.js";
import { type RemoteParticipant, Roster } from "./roster.js";
import type { Session } from "./session.js";
import type { ClientStorage } from "./storage.js";

export type CallState = "joining" | "joined" | "recovering" | "left";
/** Why a call is over for this tab. */
export type LeaveReason = "left" | "removed" | "locked" | "full" | "refused" | "closed";

export interface CallOptions {
  /** Only through TURN. */
  relayOnly?: boolean;
  /** e.g. "video/VP9"; default: the router's first. */
  videoCodec?: string;
  /** Shown in statistics on the server. */
  device?: string;
}

export interface CallEvents {
  joined: [RemoteParticipant];
  left: [RemoteParticipant, P.ParticipantLeftEvent["reason"]];
  /** A host muted this source of oneself. */
  muted: [P.Source, by: string];
  /** A local source could not be published. */
  refused: [P.Source, Error];
  /** Over; `state` is `left`. */
  ended: [LeaveReason];
  levels: [ReadonlyMap<string, number>];
}

export interface CallDeps {
  session: Session;
  storage: ClientStorage;
  media: MediaDevice;
  self(): P.User;
}

/** Media requests outlive an outage of the socket shorter than the session, hence the patience. */
const TELL_TIMEOUT_MS = 60_000;
const LEAVE_TIMEOUT_MS = 2_000;
const MAX_REJOIN_MS = 4_000;

export class Call extends Observable<CallEvents> {
  readonly c: string;
  /** Stays the same over reloads of the tab, reconnects and restarts of the server. */
  readonly participantId: string;
  readonly #deps: CallDeps;
  readonly #options: CallOptions;
  readonly #publisher: Publisher;
  readonly #roster: Roster;
  #state: CallState = "joining";
  #reason: LeaveReason | undefined;
  #self: P.Participant | undefined;
  #callId: string | undefined;
  #startedAt = 0;
  #locked = false;
  #speaker: string | null = null;
  #media: MediaSession | undefined;
  #entering = false;
  #run = 0;

  constructor(c: string, options: CallOptions, deps: CallDeps) {
    super();
    this.c = c;
    this.#deps = deps;
    this.#options = options;
    const remembered = deps.storage.call;
    this.participantId = remembered?.c === c ? remembered.participant : uuidv7();
    this.#roster = new Roster(this.participantId);
    this.#publisher = new Publisher(
      {
        tell: (op, producer) =>
          deps.session.request(op, { c, producer }, { bound: true, timeoutMs: TELL_TIMEOUT_MS }),
        changed: () => this.#remember(),
        refused: (source, error) => this.emit("refused", source, error),
      },
      options.videoCodec,
    );
  }

  get state(): CallState {
    return this.#state;
  }

  get leaveReason(): LeaveReason | undefined {
    return this.#reason;
  }

  /** Whether media flows; `connecting` also while joining anew. */
  get mediaState(): MediaSession["state"] {
    return this.#media?.state ?? "connecting";
  }

  get self(): P.Participant | undefined {
    return this.#self;
  }

  get callId(): string | undefined {
    return this.#callId;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  get locked(): boolean {
    return this.#locked;
  }

  /** The others, in the order they came. */
  get participants(): readonly RemoteParticipant[] {
    return this.#roster.others;
  }

  /** Participant id of who speaks; may be oneself. */
  get speaker(): string | null {
    return this.#speaker;
  }

  /** What this tab publishes, or will once it is connected. */
  get local(): ReadonlyMap<P.Source, LocalMedia> {
    return this.#publisher.local;
  }

  /** mediasoup's transports of the present join, for statistics. */
  get transports(): { send: mediasoup.Transport; recv: mediasoup.Transport } | undefined {
    return this.#media && { send: this.#media.send, recv: this.#media.recv };
  }

  /** mediasoup's producer of a local source, for statistics. */
  producer(source: P.Source): mediasoup.Producer | undefined {
    return this.#publisher.producer(source);
  }

  /** The server's statistics of both transports, with mediasoup's names. */
  async serverStats(): Promise<{ send: P.TransportStatsReply["stats"]; recv: P.TransportStatsReply["stats"] }> {
    const transports = this.transports;
    if (!transports) return { send: [], recv: [] };
    const [send, recv] = await Promise.all(
      [transports.send, transports.recv].map(({ id }) =>
        this.#deps.session.request("transport.stats", { c: this.c, transport: id }),
      ),
    );
    return { send: send!.stats, recv: recv!.stats };
  }

  /** @internal Resolves when the server has let this tab in; throws when it does not. */
  async enter(): Promise<void> {
    const run = ++this.#run;
    this.#entering = true;
    try {
      for (let attempt = 0; run === this.#run; attempt += 1) {
        if (await this.#tryToEnter()) return;
        if (run !== this.#run) return;
        const delay = Math.min(MAX_REJOIN_MS, 250 * 2 ** attempt);
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
    } finally {
      if (run === this.#run) this.#entering = false;
    }
  }

  /** Publishes a track, or replaces the one of that source. The track stays the caller's. */
  async publish(
    source: P.Source,
    track: MediaStreamTrack,
    options: { paused?: boolean; maxBitrate?: number } = {},
  ): Promise<void> {
    await this.#publisher.want({
      source,
      track,
      paused: options.paused ?? false,
      maxBitrate: options.maxBitrate ?? this.local.get(source)?.maxBitrate,
    });
  }

  async unpublish(source: P.Source): Promise<void> {
    await this.#publisher.drop(source);
  }

  async pause(source: P.Source): Promise<void> {
    await this.#publisher.change(source, { paused: true });
  }

  async resume(source: P.Source): Promise<void> {
    await this.#publisher.change(source, { paused: false });
  }

  async setMaxBitrate(source: P.Source, maxBitrate: number | undefined): Promise<void> {
    await this.#publisher.change(source, { maxBitrate });
  }

  /** For hosts. */
  async lock(locked: boolean): Promise<void> {
    await this.#deps.session.request("call.lock", { c: this.c, locked });
  }

  /** For hosts: pauses a source of somebody; only they can resume it. */
  async mute(participant: string, source: P.Source): Promise<void> {
    await this.#deps.session.request("call.mute", { c: this.c, participant, source });
  }

  /** For hosts. */
  async remove(participant: string): Promise<void> {
    await this.#deps.session.request("call.remove", { c: this.c, participant });
  }

  async leave(): Promise<void> {
    if (this.#state === "left") return;
    const request = { c: this.c, participant: this.participantId };
    this.end("left");
    await this.#deps.session
      .request("call.leave", request, { timeoutMs: LEAVE_TIMEOUT_MS, bound: true })
      .catch(() => undefined);
  }

  /** @internal */
  end(reason: LeaveReason): void {
    if (this.#state === "left") return;
    this.#run += 1;
    this.#reason = reason;
    if (reason !== "closed") this.#deps.storage.call = undefined;
    this.#dropMedia();
    this.#setState("left");
    this.emit("ended", reason);
  }

  /** @internal The server has forgotten the session; the call may be gone there, too. */
  sessionLost(): void {
    this.#recover();
  }

  /** @internal */
  networkChanged(): void {
    this.#media?.networkChanged();
  }

  /** @internal */
  apply(frame: EventFrame): void {
    if (this.#state === "left" || this.#callId === undefined) return;
    this.#take(frame);
    this.changed();
  }

  async #tryToEnter(): Promise<boolean> {
    try {
      const device = await this.#deps.media.device(this.#deps.session.hello?.router_capabilities_hash);
      const request = {
        c: this.c,
        participant: this.participantId,
        rtp_capabilities: device.recvRtpCapabilities as P.RtpCapabilities,
        ...(this.#options.device ? { device: this.#options.device } : {}),
      };
      const run = this.#run;
      await this.#deps.session.request("call.join", request, {
        bound: true,
        onOk: (reply) => {
          if (run === this.#run) this.#entered(reply, new MediaSession(device, reply, this.#mediaOptions, {
            request: (op, d, options) => this.#deps.session.request(op, d, options),
            received: (consumer, track) => this.#received(consumer, track),
            stateChanged: () => this.changed(),
            lost: () => this.#recover(),
          }));
        },
      });
      return true;
    } catch (error) {
      const again = error instanceof SessionLostError || error instanceof TimeoutError;
      if (again || (isProblem(error) && error.retryable)) return false;
      if (!isProblem(error) && !(error instanceof ClosedError) && this.#state === "recovering") return false;
      this.end(reasonOf(error));
      throw error;
    }
  }

  get #mediaOptions(): { c: string; relayOnly: boolean } {
    return { c: this.c, relayOnly: this.#options.relayOnly ?? false };
  }

  #entered(reply: P.CallJoinReply, media: MediaSession): void {
    this.#dropMedia();
    this.#media = media;
    this.#self = reply.self;
    this.#callId = reply.call.call;
    this.#startedAt = reply.call.started_at;
    this.#locked = reply.call.locked;
    this.#speaker = reply.call.speaker ?? null;
    this.#roster.replace(reply.call);
    media.consume(reply.consumers);
    this.#publisher.attach(media);
    this.#setState("joined");
    this.#remember();
  }

  #received(consumer: P.Consumer, track: MediaStreamTrack): void {
    this.#roster.received(consumer, track);
    this.changed();
  }

  #recover(): void {
    if (this.#state === "left" || this.#state === "joining") return;
    this.#dropMedia();
    this.#setState("recovering");
    // A join that is under way tries again by itself.
    if (!this.#entering) this.enter().catch(() => undefined);
  }

  #dropMedia(): void {
    this.#publisher.detach();
    this.#media?.close();
    this.#media = undefined;
  }

  #take(frame: EventFrame): void {
    switch (frame.ev as keyof P.Events) {
      case "call.updated":
        this.#locked = (frame.d as P.CallUpdatedEvent).call.locked;
        return;
      case "call.ended":
        // With us in it, the call can only have ended on the server's side: start it again.
        if ((frame.d as P.CallEndedEvent).call === this.#callId) this.#recover();
        return;
      case "participant.joined": {
        const joined = this.#roster.add((frame.d as P.ParticipantJoinedEvent).participant);
        if (joined) this.emit("joined", joined);
        return;
      }
      case "participant.left":
        return this.#participantLeft(frame.d as P.ParticipantLeftEvent);
      case "producer.created":
        return this.#roster.setProducer((frame.d as P.ProducerCreatedEvent).producer);
      case "producer.updated":
        return this.#producerUpdated(frame.d as P.ProducerUpdatedEvent);
      case "producer.closed":
        return this.#roster.removeProducer(frame.d as P.ProducerClosedEvent);
      case "consumer.created":
        return this.#media?.consume([(frame.d as P.ConsumerCreatedEvent).consumer]);
      case "consumer.closed":
        return this.#media?.closeConsumer((frame.d as P.ConsumerClosedEvent).consumer);
      case "transport.state": {
        const { transport, state } = frame.d as P.TransportStateEvent;
        return this.#media?.serverState(transport, state);
      }
      case "speaker":
        this.#speaker = (frame.d as P.SpeakerEvent).participant;
        return;
      case "levels": {
        const { levels } = frame.d as P.LevelsEvent;
        this.emit("levels", new Map(levels.map(({ participant, dbov }) => [participant, dbov])));
      }
    }
  }

  #participantLeft({ participant, reason }: P.ParticipantLeftEvent): void {
    if (participant === this.participantId) {
      // "timeout": the server took us for gone, and we are not.
      if (reason === "timeout") return this.#recover();
      return this.end(reason === "removed" ? "removed" : "left");
    }
    const left = this.#roster.remove(participant);
    if (left) this.emit("left", left, reason);
  }

  #producerUpdated(update: P.ProducerUpdatedEvent): void {
    if (update.participant !== this.participantId) return this.#roster.update(update);
    // The own wish counts; only a host's mute is news.
    if (update.by === undefined || !update.paused) return;
    const source = this.#publisher.pausedByServer(update.producer);
    if (source) this.emit("muted", source, update.by);
  }

  #remember(): void {
    this.changed();
    if (this.#state !== "joined") return;
    const on = (source: P.Source) => this.local.get(source)?.paused === false;
    this.#deps.storage.call = {
      c: this.c,
      participant: this.participantId,
      microphone: on("microphone"),
      camera: on("camera"),
    };
  }

  #setState(state: CallState): void {
    this.#state = state;
    this.changed();
  }
}

function reasonOf(error: unknown): LeaveReason {
  if (isProblem(error, "call.full")) return "full";
  if (isProblem(error, "call.locked")) return "locked";
  if (error instanceof ClosedError) return "closed";
  return "refused";
}
