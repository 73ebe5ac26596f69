// @vitest-environment jsdom
import type { Call } from "@parlance/sdk";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { LocalMedia } from "../src/lib/local-media";
import { FEW, MANY } from "../src/lib/quality";
import { type FakeDevices, type FakeTrack, installDevices } from "./fakes";

let devices: FakeDevices;
let media: LocalMedia;
const both = { microphone: true, camera: true };

function fakeCall() {
  const told: string[] = [];
  const call = {
    local: new Map(),
    publish: vi.fn((source: string, track: FakeTrack, options: { paused?: boolean }) => {
      told.push(`publish ${source} ${track.readyState} ${options.paused ? "paused" : "on"}`);
      return Promise.resolve();
    }),
    pause: vi.fn((source: string) => {
      told.push(`pause ${source}`);
      return Promise.resolve();
    }),
    setMaxBitrate: vi.fn(() => Promise.resolve()),
  };
  return { call: call as unknown as Call, told, setMaxBitrate: call.setMaxBitrate };
}

beforeEach(() => {
  devices = installDevices();
  media = new LocalMedia();
});

describe("LocalMedia", () => {
  test("asks for both with one question", async () => {
    await media.open(both);
    expect(devices.asked).toHaveLength(1);
    expect(media.microphone).toMatchObject({ on: true, problem: undefined });
    expect(media.camera.track?.kind).toBe("video");
  });

  test("has the microphone where there is no camera, and says why", async () => {
    devices.failures = { video: "NotFoundError" };
    await media.open(both);
    expect(media.microphone.track?.kind).toBe("audio");
    expect(media.camera).toMatchObject({ on: false, track: undefined, problem: "missing" });
  });

  test("tells a refusal from a device in use", async () => {
    devices.failures = { audio: "NotReadableError", video: "NotAllowedError" };
    await media.open(both);
    expect(media.microphone.problem).toBe("busy");
    expect(media.camera.problem).toBe("denied");
  });

  test("says that the page is insecure where the browser hides its devices", async () => {
    Object.defineProperty(navigator, "mediaDevices", { value: undefined, configurable: true });
    vi.stubGlobal("isSecureContext", false);
    media = new LocalMedia();
    await media.open(both);
    expect(media.camera.problem).toBe("insecure");
    vi.unstubAllGlobals();
  });

  test("lets go of the camera when it is switched off, and opens it again", async () => {
    const { call, told } = fakeCall();
    await media.open(both);
    media.attach(call);
    await vi.waitFor(() => expect(told).toHaveLength(2));
    await media.toggle("camera");
    expect(devices.tracks.find(({ kind }) => kind === "video")?.readyState).toBe("ended");
    await media.toggle("camera");
    expect(told).toEqual([
      "publish microphone live on",
      "publish camera live on",
      "pause camera",
      "publish camera live on",
    ]);
  });

  test("keeps the microphone but sends silence when it is switched off", async () => {
    const { call, told } = fakeCall();
    await media.open(both);
    media.attach(call);
    await media.toggle("microphone");
    expect(media.microphone.track).toMatchObject({ readyState: "live", enabled: false });
    expect(told.at(-1)).toBe("publish microphone live paused");
  });

  test("a press while the camera still opens means off", async () => {
    const opening = media.open(both);
    const toggled = media.toggle("camera");
    expect(media.camera.on).toBe(false);
    await Promise.all([opening, toggled]);
    expect(media.camera).toMatchObject({ on: false, track: undefined });
    expect(devices.tracks.filter(({ kind, readyState }) => kind === "video" && readyState === "live")).toEqual([]);
  });

  test("switches to another microphone in the middle of a call", async () => {
    const { call } = fakeCall();
    await media.open(both);
    media.attach(call);
    const before = media.microphone.track as unknown as FakeTrack;
    await media.choose("microphone", "headset");
    expect(media.microphone.track?.getSettings().deviceId).toBe("headset");
    expect(before.readyState).toBe("ended");
    expect(call.publish).toHaveBeenLastCalledWith("microphone", media.microphone.track, { paused: false });
  });

  test("switches to another camera in the middle of a call, and opens it the next time too", async () => {
    const { call } = fakeCall();
    await media.open(both);
    media.attach(call);
    const before = media.camera.track as unknown as FakeTrack;
    await media.choose("camera", "second");
    expect(media.camera.track?.getSettings().deviceId).toBe("second");
    expect(before.readyState).toBe("ended");
    expect(call.publish).toHaveBeenLastCalledWith(
      "camera", media.camera.track, { paused: false, maxBitrate: 1_500_000 });
    const later = new LocalMedia();
    await later.open(both);
    expect(later.camera.track?.getSettings().deviceId).toBe("second");
  });

  test("opens another camera where the chosen one is gone", async () => {
    await media.choose("camera", "second");
    devices.gone.add("second");
    await media.open(both);
    expect(media.camera).toMatchObject({ on: true, problem: undefined });
    expect(media.camera.track?.getSettings().deviceId).toBe("default");
    expect(media.microphone.track?.kind).toBe("audio");
  });

  test("an unplugged camera is off, with the reason", async () => {
    const { call, told } = fakeCall();
    await media.open(both);
    media.attach(call);
    await media.toggle("microphone", true);
    devices.tracks.find(({ kind }) => kind === "video")!.unplug();
    expect(media.camera).toMatchObject({ on: false, track: undefined, problem: "missing" });
    expect(told.at(-1)).toBe("pause camera");
  });

  test("changes size and bitrate of a running camera", async () => {
    const { call, setMaxBitrate } = fakeCall();
    await media.open(both);
    media.attach(call);
    media.setQuality(MANY);
    const camera = media.camera.track as unknown as FakeTrack;
    expect(camera.applyConstraints).toHaveBeenCalledWith(expect.objectContaining({ width: { ideal: 640 } }));
    expect(setMaxBitrate).toHaveBeenCalledWith("camera", 500_000);
    media.setQuality(FEW);
    expect(setMaxBitrate).toHaveBeenLastCalledWith("camera", 1_500_000);
  });
});
