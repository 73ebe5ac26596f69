// Microphone, camera and screen of this page: before a call for the preview, then published to it.
import {
  applyQuality,
  type Call,
  CaptureError,
  type CaptureProblem,
  captureProblem,
  Observable,
  openCamera,
  openMicrophone,
  openMicrophoneAndCamera,
  openScreen,
  type VideoQuality,
} from "@parlance/sdk";
import { FEW, SCREEN_BITRATE } from "./quality";

export type Kind = "microphone" | "camera";

export interface Input {
  /** What the user wants. */
  readonly on: boolean;
  readonly track: MediaStreamTrack | undefined;
  readonly problem: CaptureProblem | undefined;
}

export interface Chosen {
  microphone?: string;
  camera?: string;
  speaker?: string;
}

const STORED = "parlance.devices";
const OFF: Input = { on: false, track: undefined, problem: undefined };

export class LocalMedia extends Observable<{ screenEnded: [] }> {
  #inputs: Record<Kind, Input> = { microphone: OFF, camera: OFF };
  #screen: MediaStreamTrack | undefined;
  #devices: readonly MediaDeviceInfo[] = [];
  #chosen: Chosen = readChosen();
  #quality: VideoQuality = FEW;
  #call: Call | undefined;
  #busy: Promise<void> = Promise.resolve();

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#listDevices());
  }

  get microphone(): Input {
    return this.#inputs.microphone;
  }

  get camera(): Input {
    return this.#inputs.camera;
  }

  get screen(): MediaStreamTrack | undefined {
    return this.#screen;
  }

  get chosen(): Chosen {
    return this.#chosen;
  }

  devices(kind: MediaDeviceKind): readonly MediaDeviceInfo[] {
    return this.#devices.filter((device) => device.kind === kind && device.deviceId !== "");
  }

  /** Asks for what is wanted and not there yet; one question to the user where both are. */
  open(wanted: Record<Kind, boolean>): Promise<void> {
    for (const kind of ["microphone", "camera"] as const) {
      if (wanted[kind] && !this.#inputs[kind].problem) this.#set(kind, { on: true });
    }
    return this.#serially(async () => {
      const ask = (kind: Kind) => this.#inputs[kind].on && this.#inputs[kind].track?.readyState !== "live";
      if (ask("microphone") && ask("camera") && captureProblem() === undefined) {
        const opened = await openMicrophoneAndCamera(this.#quality, this.#chosen);
        this.#take("microphone", opened.microphone);
        this.#take("camera", opened.camera);
      } else {
        if (ask("microphone")) await this.#open("microphone");
        if (ask("camera")) await this.#open("camera");
      }
      await this.#listDevices();
    });
  }

  toggle(kind: Kind, on: boolean = !this.#inputs[kind].on): Promise<void> {
    // At once, so that the next press means the opposite, whatever is still under way.
    this.#set(kind, { on });
    return this.#serially(() => this.#switch(kind));
  }

  choose(kind: Kind | "speaker", deviceId: string): Promise<void> {
    this.#chosen = { ...this.#chosen, [kind]: deviceId };
    localStorage.setItem(STORED, JSON.stringify(this.#chosen));
    this.changed();
    if (kind === "speaker" || !this.#inputs[kind].on) return Promise.resolve();
    return this.#serially(async () => {
      const before = this.#inputs[kind].track;
      await this.#open(kind);
      if (this.#inputs[kind].track !== before) before?.stop();
      await this.#publish(kind);
    });
  }

  /** Publishes what is there, and follows the toggles from then on. */
  attach(call: Call): void {
    this.#call = call;
    for (const kind of ["microphone", "camera"] as const) void this.#serially(() => this.#publish(kind));
  }

  detach(): void {
    this.#call = undefined;
    this.stopScreen();
  }

  /** A host switched it off: the button has to say so. */
  wasMuted(kind: Kind): void {
    this.#set(kind, { on: false });
    if (kind === "camera") this.#stopCamera();
  }

  setQuality(quality: VideoQuality): void {
    if (quality === this.#quality) return;
    this.#quality = quality;
    const { track } = this.#inputs.camera;
    if (track?.readyState === "live") void applyQuality(track, quality);
    this.#call?.setMaxBitrate("camera", quality.maxBitrate).catch(() => undefined);
  }

  async shareScreen(): Promise<void> {
    const call = this.#call;
    if (!call) return;
    const { video, audio } = await openScreen();
    this.#screen = video;
    video.addEventListener("ended", () => this.stopScreen());
    this.changed();
    await Promise.all([
      call.publish("screen", video, { maxBitrate: SCREEN_BITRATE }),
      audio && call.publish("screen_audio", audio),
    ]);
  }

  stopScreen(): void {
    if (!this.#screen) return;
    this.#screen.stop();
    this.#screen = undefined;
    for (const source of ["screen", "screen_audio"] as const) {
      this.#call?.local.get(source)?.track.stop();
      this.#call?.unpublish(source).catch(() => undefined);
    }
    this.emit("screenEnded");
    this.changed();
  }

  /** Lets go of the devices. */
  close(): void {
    this.stopScreen();
    for (const kind of ["microphone", "camera"] as const) {
      this.#inputs[kind].track?.stop();
      this.#set(kind, OFF);
    }
  }

  // Makes the device what the user wants by now.
  async #switch(kind: Kind): Promise<void> {
    const { on, track } = this.#inputs[kind];
    if (on && track?.readyState !== "live") await this.#open(kind);
    if (!on && kind === "camera") this.#stopCamera();
    if (track && kind === "microphone") track.enabled = on;
    await this.#publish(kind);
  }

  async #open(kind: Kind): Promise<void> {
    try {
      const track =
        kind === "microphone"
          ? await openMicrophone(this.#chosen.microphone)
          : await openCamera(this.#quality, this.#chosen.camera);
      this.#take(kind, track);
    } catch (error) {
      this.#take(kind, error as CaptureError);
    }
  }

  #take(kind: Kind, result: MediaStreamTrack | CaptureError): void {
    if (!(result instanceof MediaStreamTrack)) {
      this.#set(kind, { on: false, track: undefined, problem: result.problem ?? "unsupported" });
      return;
    }
    result.addEventListener("ended", () => this.#trackEnded(kind, result));
    // Switched off while the device opened: the switch that waits its turn sees to it.
    this.#set(kind, { track: result, problem: undefined });
  }

  // Unplugged, or taken away by the browser. Stopping it ourselves makes no event.
  #trackEnded(kind: Kind, track: MediaStreamTrack): void {
    if (this.#inputs[kind].track !== track) return;
    this.#set(kind, { on: false, track: undefined, problem: "missing" });
    this.#call?.pause(kind).catch(() => undefined);
  }

  #stopCamera(): void {
    this.#inputs.camera.track?.stop();
    this.#set("camera", { track: undefined });
  }

  async #publish(kind: Kind): Promise<void> {
    const { on, track } = this.#inputs[kind];
    const call = this.#call;
    if (!call) return;
    try {
      if (track?.readyState === "live") {
        const options = kind === "camera" ? { maxBitrate: this.#quality.maxBitrate } : {};
        await call.publish(kind, track, { paused: !on, ...options });
      } else {
        await call.pause(kind);
      }
    } catch {
      // The call tells of it by its `refused` event.
    }
  }

  async #listDevices(): Promise<void> {
    this.#devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    this.changed();
  }

  #set(kind: Kind, change: Partial<Input>): void {
    this.#inputs = { ...this.#inputs, [kind]: { ...this.#inputs[kind], ...change } };
    this.changed();
  }

  // One change after the other: a second click must not overtake the opening of a camera.
  #serially(work: () => Promise<void>): Promise<void> {
    this.#busy = this.#busy.catch(() => undefined).then(work);
    return this.#busy;
  }
}

function readChosen(): Chosen {
  try {
    return (JSON.parse(localStorage.getItem(STORED) ?? "{}") ?? {}) as Chosen;
  } catch {
    return {};
  }
}
