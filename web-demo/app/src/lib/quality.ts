// What the camera captures, by how many are in the call: without layers everybody gets the same stream, so
// that many people need small ones. Pure.
import type { VideoQuality } from "@parlance/sdk";

export const FEW: VideoQuality = { width: 1280, height: 720, frameRate: 30, maxBitrate: 1_500_000 };
export const MANY: VideoQuality = { width: 640, height: 360, frameRate: 20, maxBitrate: 500_000 };
export const SCREEN_BITRATE = 2_500_000;
const FEW_PEOPLE = 4;

export function cameraQuality(people: number): VideoQuality {
  return people > FEW_PEOPLE ? MANY : FEW;
}
