import { Mic, MicOff, Video, VideoOff } from "lucide-react";
import type { LocalMedia } from "../lib/local-media";
import { useObserved } from "../lib/observe";
import { CaptureHelp } from "./capture-help";
import { DeviceSelect } from "./device-select";
import { LevelMeter } from "./level-meter";
import { Toggle } from "./toggle";
import { VideoView } from "./video-view";

/** Camera and microphone before a call: picture, level, choice of devices. */
export function Preview({ media }: { media: LocalMedia }) {
  useObserved(media);
  const { microphone, camera } = media;
  return (
    <section className="preview" aria-label="Camera and microphone">
      <div className="preview-picture">
        {camera.track ? (
          <VideoView track={camera.track} mirrored testId="preview-video" />
        ) : (
          <p className="preview-off">{camera.on ? "Starting the camera…" : "Your camera is off"}</p>
        )}
        <div className="preview-controls">
          <Toggle
            testId="toggle-microphone"
            on={microphone.on}
            label="Microphone"
            icons={[<Mic />, <MicOff />]}
            onToggle={() => void media.toggle("microphone")}
          />
          <Toggle
            testId="toggle-camera"
            on={camera.on}
            label="Camera"
            icons={[<Video />, <VideoOff />]}
            onToggle={() => void media.toggle("camera")}
          />
        </div>
      </div>
      <CaptureHelp media={media} />
      <div className="preview-devices">
        <div>
          <DeviceSelect media={media} of="microphone" />
          <LevelMeter track={microphone.track} on={microphone.on} />
        </div>
        <DeviceSelect media={media} of="camera" />
      </div>
    </section>
  );
}
