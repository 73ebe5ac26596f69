// The others in a call and what they send.
import type * as P from "./generated/protocol.js";

export interface RemoteMedia {
  readonly producer: string;
  readonly source: P.Source;
  readonly kind: P.MediaKind;
  /** Its owner switched it off for now. */
  readonly paused: boolean;
  /** There once this client receives it. */
  readonly track: MediaStreamTrack | undefined;
}

export interface RemoteParticipant {
  readonly id: string;
  readonly user: string;
  readonly name: string;
  readonly role: P.Role;
  readonly joinedAt: number;
  readonly media: ReadonlyMap<P.Source, RemoteMedia>;
}

export class Roster {
  readonly #self: string;
  readonly #tracks = new Map<string, MediaStreamTrack>();
  #others: readonly RemoteParticipant[] = [];

  constructor(self: string) {
    this.#self = self;
  }

  /** In the order they came; a participant that changed is a new object. */
  get others(): readonly RemoteParticipant[] {
    return this.#others;
  }

  /** The whole state, as a join answers it. */
  replace(call: P.Call): void {
    this.#tracks.clear();
    this.#others = [];
    for (const participant of call.participants) this.add(participant);
    for (const producer of call.producers) this.setProducer(producer);
  }

  /** Returns who is new. */
  add(participant: P.Participant): RemoteParticipant | undefined {
    if (participant.id === this.#self) return undefined;
    const known = this.#others.find((other) => other.id === participant.id);
    const { id, user, name, role, joined_at: joinedAt } = participant;
    const added: RemoteParticipant = { id, user, name, role, joinedAt, media: known?.media ?? new Map() };
    this.#others = [...this.#others.filter((other) => other !== known), added].sort(
      (left, right) => left.joinedAt - right.joinedAt || (left.id < right.id ? -1 : 1),
    );
    return known ? undefined : added;
  }

  remove(id: string): RemoteParticipant | undefined {
    const removed = this.#others.find((other) => other.id === id);
    this.#others = this.#others.filter((other) => other !== removed);
    return removed;
  }

  setProducer({ id, participant, source, kind, paused }: P.Producer): void {
    this.#change(participant, (media) =>
      media.set(source, { producer: id, source, kind, paused, track: this.#tracks.get(id) }),
    );
  }

  update({ participant, producer, source, paused }: P.ProducerUpdatedEvent): void {
    this.#change(participant, (media) => {
      const known = media.get(source);
      if (known?.producer === producer) media.set(source, { ...known, paused });
    });
  }

  removeProducer({ participant, producer, source }: P.ProducerClosedEvent): void {
    this.#tracks.delete(producer);
    this.#change(participant, (media) => {
      if (media.get(source)?.producer === producer) media.delete(source);
    });
  }

  received(consumer: P.Consumer, track: MediaStreamTrack): void {
    this.#tracks.set(consumer.producer, track);
    this.#change(consumer.participant, (media) => {
      const { producer, source, kind } = consumer;
      const known = media.get(source);
      // Not the producer that this source has by now: a late answer about one that was replaced.
      if (known && known.producer !== producer) return;
      media.set(source, { producer, source, kind, paused: known?.paused ?? consumer.producer_paused, track });
    });
  }

  #change(participant: string, change: (media: Map<P.Source, RemoteMedia>) => void): void {
    this.#others = this.#others.map((other) => {
      if (other.id !== participant) return other;
      const media = new Map(other.media);
      change(media);
      return { ...other, media };
    });
  }
}
