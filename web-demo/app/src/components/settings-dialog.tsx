import { useEffect, useRef } from "react";
import type { LocalMedia } from "../lib/local-media";
import { useObserved } from "../lib/observe";
import { canChooseSpeaker, DeviceSelect } from "./device-select";
import { LevelMeter } from "./level-meter";

export function SettingsDialog({ media, onClose }: { media: LocalMedia; onClose: () => void }) {
  useObserved(media);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="settings-title" onClose={onClose} data-testid="settings-dialog">
      <h2 id="settings-title">Devices</h2>
      <DeviceSelect media={media} of="camera" />
      <DeviceSelect media={media} of="microphone" />
      <LevelMeter track={media.microphone.track} on={media.microphone.on} />
      {canChooseSpeaker && <DeviceSelect media={media} of="speaker" />}
      <button
        type="button"
        className="button primary wide"
        data-testid="settings-close"
        onClick={() => dialog.current!.close()}
      >
        Done
      </button>
    </dialog>
  );
}
