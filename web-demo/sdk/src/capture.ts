// Microphone, camera and screen of this computer, with the reasons why a browser may give none.

/**
 * `insecure`: the page is neither https nor localhost; `denied`: the user or a policy said no; `missing`:
 * no such device; `busy`: another program has it; `unsupported`: this browser can't.
 */
export type CaptureProblem = "insecure" | "denied" | "missing" | "busy" | "unsupported";

export class CaptureError extends Error {
  readonly problem: CaptureProblem;

  constructor(problem: CaptureProblem, cause?: unknown) {
    super(`no capture: ${problem}`, { cause });
    this.name = "CaptureError";
    this.problem = problem;
  }
}

export interface VideoQuality {
  width: number;
  height: number;
  frameRate: number;
  maxBitrate: number;
}

/** What can be asked of the browser at all, without asking it. */
export function captureProblem(): CaptureProblem | undefined {
  if (typeof navigator !== "undefined" && navigator.mediaDevices?.getUserMedia !== undefined) return undefined;
  return globalThis.isSecureContext === false ? "insecure" : "unsupported";
}

export function canShareScreen(): boolean {
  return typeof navigator !== "undefined" && navigator.mediaDevices?.getDisplayMedia !== undefined;
}

/** The microphone with that id; where it is gone, the browser's choice. */
export async function openMicrophone(deviceId?: string): Promise<MediaStreamTrack> {
  const stream = await preferring(deviceId, (id) => ({ audio: audioConstraints(id) }));
  return stream.getAudioTracks()[0]!;
}

/** The camera with that id; where it is gone, the browser's choice. */
export async function openCamera(quality: VideoQuality, deviceId?: string): Promise<MediaStreamTrack> {
  const stream = await preferring(deviceId, (id) => ({ video: videoConstraints(quality, id) }));
  return stream.getVideoTracks()[0]!;
}

/** Both by one question to the user; what could not be had is missing, with the reason. */
export async function openMicrophoneAndCamera(
  quality: VideoQuality,
  devices: { microphone?: string | undefined; camera?: string | undefined } = {},
): Promise<{ microphone: MediaStreamTrack | CaptureError; camera: MediaStreamTrack | CaptureError }> {
  try {
    const stream = await capture(() =>
      navigator.mediaDevices.getUserMedia({
        audio: audioConstraints(devices.microphone),
        video: videoConstraints(quality, devices.camera),
      }),
    );
    return { microphone: stream.getAudioTracks()[0]!, camera: stream.getVideoTracks()[0]! };
  } catch {
    // One of them missing, or another than was chosen before, fails both: ask for each, to know which.
    const [microphone, camera] = await Promise.all([
      openMicrophone(devices.microphone).catch((error: CaptureError) => error),
      openCamera(quality, devices.camera).catch((error: CaptureError) => error),
    ]);
    return { microphone, camera };
  }
}

export async function openScreen(): Promise<{ video: MediaStreamTrack; audio: MediaStreamTrack | undefined }> {
  if (!canShareScreen()) throw new CaptureError(captureProblem() ?? "unsupported");
  const stream = await capture(() =>
    navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15, max: 30 } }, audio: true }),
  );
  const video = stream.getVideoTracks()[0]!;
  video.contentHint = "detail";
  return { video, audio: stream.getAudioTracks()[0] };
}

/** Asks a running camera for another size; a camera that can't stays as it is. */
export async function applyQuality(track: MediaStreamTrack, quality: VideoQuality): Promise<void> {
  await track.applyConstraints(dimensions(quality)).catch(() => undefined);
}

// Chromium takes no notice of an ideal device: only the exact one is the one that was chosen.
async function preferring(
  deviceId: string | undefined,
  constraints: (deviceId?: string) => MediaStreamConstraints,
): Promise<MediaStream> {
  try {
    return await capture(() => navigator.mediaDevices.getUserMedia(constraints(deviceId)));
  } catch (error) {
    if (!deviceId || (error as CaptureError).problem !== "missing") throw error;
    return capture(() => navigator.mediaDevices.getUserMedia(constraints()));
  }
}

function audioConstraints(deviceId: string | undefined): MediaTrackConstraints {
  return {
    ...exactly(deviceId),
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  };
}

function videoConstraints(quality: VideoQuality, deviceId: string | undefined): MediaTrackConstraints {
  return { ...exactly(deviceId), ...dimensions(quality) };
}

function exactly(deviceId: string | undefined): MediaTrackConstraints {
  return deviceId ? { deviceId: { exact: deviceId } } : {};
}

function dimensions({ width, height, frameRate }: VideoQuality): MediaTrackConstraints {
  return { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate, max: 30 } };
}

async function capture(open: () => Promise<MediaStream>): Promise<MediaStream> {
  const problem = captureProblem();
  if (problem) throw new CaptureError(problem);
  try {
    return await open();
  } catch (error) {
    throw new CaptureError(problemOf(error), error);
  }
}

function problemOf(error: unknown): CaptureProblem {
  switch ((error as DOMException).name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "unsupported";
  }
}
