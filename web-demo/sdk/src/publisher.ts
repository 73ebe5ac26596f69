// What this client wants to send, and bringing that about: over toggles that overtake each other, lost
// sessions and new joins, the last wish wins.
import type { types as mediasoup } from "mediasoup-client";
import { SessionLostError } from "./errors.js";
import type * as P from "./generated/protocol.js";
import type { MediaSession } from "./media-session.js";

export interface LocalMedia {
  readonly source: P.Source;
  readonly track: MediaStreamTrack;
  readonly paused: boolean;
  readonly maxBitrate?: number | undefined;
}

export interface PublisherDeps {
  tell(op: "producer.pause" | "producer.resume" | "producer.close", producer: string): Promise<unknown>;
  changed(): void;
  /** The server or the browser refused this source; it is not wanted any more. */
  refused(source: P.Source, error: Error): void;
}

interface Actual {
  producer: mediasoup.Producer;
  paused: boolean;
  maxBitrate: number | undefined;
}

export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #codec: string | undefined;
  readonly #wanted = new Map<P.Source, LocalMedia>();
  readonly #actual = new Map<P.Source, Actual>();
  readonly #busy = new Map<P.Source, Promise<void>>();
  #media: MediaSession | undefined;

  constructor(deps: PublisherDeps, codec: string | undefined) {
    this.#deps = deps;
    this.#codec = codec;
  }

  get local(): ReadonlyMap<P.Source, LocalMedia> {
    return this.#wanted;
  }

  /** mediasoup's producer, for statistics. */
  producer(source: P.Source): mediasoup.Producer | undefined {
    return this.#actual.get(source)?.producer;
  }

  attach(media: MediaSession): void {
    this.#media = media;
    this.#actual.clear();
    for (const source of this.#wanted.keys()) this.#settle(source).catch(() => undefined);
  }

  detach(): void {
    this.#media = undefined;
    this.#actual.clear();
  }

  /** Resolves when the server has it, or at once while there is no connection to send it on. */
  want(media: LocalMedia): Promise<void> {
    this.#wanted.set(media.source, media);
    this.#deps.changed();
    return this.#settle(media.source);
  }

  change(source: P.Source, change: Partial<Omit<LocalMedia, "source">>): Promise<void> {
    const wanted = this.#wanted.get(source);
    return wanted ? this.want({ ...wanted, ...change }) : Promise.resolve();
  }

  drop(source: P.Source): Promise<void> {
    this.#wanted.delete(source);
    this.#deps.changed();
    return this.#settle(source);
  }

  /** A host muted it: the server has paused it already. */
  pausedByServer(producer: string): P.Source | undefined {
    for (const [source, actual] of this.#actual) {
      if (actual.producer.id !== producer) continue;
      actual.paused = true;
      actual.producer.pause();
      this.change(source, { paused: true }).catch(() => undefined);
      return source;
    }
    return undefined;
  }

  #settle(source: P.Source): Promise<void> {
    const before = this.#busy.get(source) ?? Promise.resolve();
    const running = before.catch(() => undefined).then(() => this.#reconcile(source));
    this.#busy.set(source, running);
    return running;
  }

  // Steps from what is to what is wanted; both may change at every await.
  async #reconcile(source: P.Source): Promise<void> {
    const media = this.#media;
    try {
      while (media !== undefined && media === this.#media && (await this.#step(source, media)));
    } catch (error) {
      if (media !== this.#media || error instanceof SessionLostError) return;
      this.#wanted.delete(source);
      this.#actual.get(source)?.producer.close();
      this.#actual.delete(source);
      this.#deps.refused(source, error as Error);
      this.#deps.changed();
      throw error;
    }
  }

  // One step; false when nothing is left to do.
  async #step(source: P.Source, media: MediaSession): Promise<boolean> {
    const wanted = this.#wanted.get(source);
    const actual = this.#actual.get(source);
    if (!wanted) {
      if (!actual) return false;
      this.#actual.delete(source);
      actual.producer.close();
      await this.#deps.tell("producer.close", actual.producer.id);
      return true;
    }
    if (!actual) return this.#produce(wanted, media);
    if (actual.producer.track !== wanted.track && wanted.track.readyState === "live") {
      await actual.producer.replaceTrack({ track: wanted.track });
      return true;
    }
    if (actual.paused !== wanted.paused) {
      actual.paused = wanted.paused;
      if (wanted.paused) actual.producer.pause();
      else actual.producer.resume();
      await this.#deps.tell(wanted.paused ? "producer.pause" : "producer.resume", actual.producer.id);
      return true;
    }
    if (actual.maxBitrate !== wanted.maxBitrate) {
      actual.maxBitrate = wanted.maxBitrate;
      await limitBitrate(actual.producer.rtpSender, wanted.maxBitrate);
      return true;
    }
    return false;
  }

  async #produce(wanted: LocalMedia, media: MediaSession): Promise<boolean> {
    // A camera that is off has no live track; there is nothing to send until it is on again.
    if (wanted.track.readyState !== "live") return false;
    const producer = await media.produce(wanted.source, wanted.track, { ...wanted, codec: this.#codec });
    if (media !== this.#media) return false;
    const { paused, maxBitrate } = wanted;
    this.#actual.set(wanted.source, { producer, paused, maxBitrate });
    return true;
  }
}

async function limitBitrate(sender: RTCRtpSender | undefined, maxBitrate: number | undefined): Promise<void> {
  if (!sender) return;
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) {
    if (maxBitrate === undefined) delete encoding.maxBitrate;
    else encoding.maxBitrate = maxBitrate;
  }
  await sender.setParameters(parameters);
}
