import type { LocalMedia } from "../lib/local-media";

const KINDS = {
  microphone: { label: "Microphone", kind: "audioinput", testId: "select-microphone" },
  camera: { label: "Camera", kind: "videoinput", testId: "select-camera" },
  speaker: { label: "Speaker", kind: "audiooutput", testId: "select-speaker" },
} as const;

export function DeviceSelect({ media, of }: { media: LocalMedia; of: keyof typeof KINDS }) {
  const { label, kind, testId } = KINDS[of];
  const devices = media.devices(kind);
  const inUse = of === "speaker" ? undefined : media[of].track?.getSettings().deviceId;
  const value = inUse ?? media.chosen[of] ?? "";
  return (
    <label className="field">
      <span>{label}</span>
      <select
        data-testid={testId}
        value={devices.some(({ deviceId }) => deviceId === value) ? value : ""}
        disabled={devices.length === 0}
        onChange={(event) => void media.choose(of, event.target.value)}
      >
        {!devices.some(({ deviceId }) => deviceId === value) && (
          <option value="">{devices.length === 0 ? "None found" : "Default"}</option>
        )}
        {devices.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Where the browser lets a page choose the loudspeaker. */
export const canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;
