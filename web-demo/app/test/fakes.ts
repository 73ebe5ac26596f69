// Stand-ins for what jsdom has not: tracks and devices.
import { vi } from "vitest";

export class FakeTrack extends EventTarget {
  readyState: "live" | "ended" = "live";
  enabled = true;
  readonly applyConstraints = vi.fn(() => Promise.resolve());

  constructor(
    readonly kind: "audio" | "video",
    readonly deviceId: string,
  ) {
    super();
  }

  stop(): void {
    this.readyState = "ended";
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: this.deviceId };
  }

  /** As when the device is unplugged. */
  unplug(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

type Wanted = MediaStreamConstraints & { video?: MediaTrackConstraints; audio?: MediaTrackConstraints };

export class FakeDevices extends EventTarget {
  readonly asked: Wanted[] = [];
  readonly tracks: FakeTrack[] = [];
  /** What fails, by the name of the exception. */
  failures: { audio?: string; video?: string } = {};
  /** The ids of devices that were there once. */
  readonly gone = new Set<string>();

  readonly getUserMedia = (wanted: Wanted): Promise<MediaStream> => {
    this.asked.push(wanted);
    const failure = (wanted.audio && this.failures.audio) || (wanted.video && this.failures.video);
    if (failure) return Promise.reject(new DOMException("", failure));
    const idOf = (kind: "audio" | "video") => (wanted[kind]?.deviceId as { exact?: string } | undefined)?.exact;
    if ([idOf("audio"), idOf("video")].some((id) => id && this.gone.has(id))) {
      return Promise.reject(new DOMException("", "OverconstrainedError"));
    }
    const made = (["audio", "video"] as const)
      .filter((kind) => wanted[kind])
      .map((kind) => new FakeTrack(kind, idOf(kind) ?? "default"));
    this.tracks.push(...made);
    const of = (kind: string) => () => made.filter((track) => track.kind === kind);
    return Promise.resolve({ getAudioTracks: of("audio"), getVideoTracks: of("video") } as unknown as MediaStream);
  };

  readonly enumerateDevices = () => Promise.resolve([]);
}

export function installDevices(): FakeDevices {
  const devices = new FakeDevices();
  Object.defineProperty(navigator, "mediaDevices", { value: devices, configurable: true });
  vi.stubGlobal("MediaStreamTrack", FakeTrack);
  const stored = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
  });
  return devices;
}
