import { type Call, canShareScreen, CaptureError } from "@parlance/sdk";
import { Lock, LockOpen, Mic, MicOff, MonitorUp, MonitorX, PhoneOff, Settings, Video, VideoOff } from "lucide-react";
import type { AppModel } from "../lib/model";
import { useObserved } from "../lib/observe";
import { isHost } from "../lib/roles";
import { CaptureHelp } from "./capture-help";
import { Toggle } from "./toggle";

export function Controls({ model, call, onSettings }: {
  model: AppModel;
  call: Call;
  onSettings: () => void;
}) {
  const { media } = model;
  useObserved(media);
  const share = async () => {
    if (media.screen) return media.stopScreen();
    try {
      await media.shareScreen();
    } catch (error) {
      // Closing the browser's own question is an answer, and no problem to tell of.
      if (!(error instanceof CaptureError && error.problem === "denied")) {
        model.notify("The screen could not be shared.", "warning");
      }
    }
  };
  const failed = () => model.notify("That did not work. Try again.", "warning");
  return (
    <div className="controls-place">
      <CaptureHelp media={media} />
      <div className="controls" role="toolbar" aria-label="Call">
        <Toggle
          testId="toggle-microphone"
          on={media.microphone.on}
          label="Microphone"
          shortcut="M"
          icons={[<Mic />, <MicOff />]}
          onToggle={() => void media.toggle("microphone")}
        />
        <Toggle
          testId="toggle-camera"
          on={media.camera.on}
          label="Camera"
          shortcut="V"
          icons={[<Video />, <VideoOff />]}
          onToggle={() => void media.toggle("camera")}
        />
        {canShareScreen() && (
          <button
            type="button"
            className={media.screen ? "round active" : "round"}
            aria-pressed={media.screen !== undefined}
            aria-label="Share your screen"
            title={media.screen ? "Stop sharing your screen" : "Share your screen"}
            data-testid="toggle-screen"
            onClick={() => void share()}
          >
            {media.screen ? <MonitorX /> : <MonitorUp />}
          </button>
        )}
        {isHost(call.self?.role) && (
          <button
            type="button"
            className={call.locked ? "round active" : "round"}
            aria-pressed={call.locked}
            aria-label="Lock the call"
            title={call.locked ? "Let people in again" : "Let nobody else in"}
            data-testid="toggle-lock"
            onClick={() => void call.lock(!call.locked).catch(failed)}
          >
            {call.locked ? <Lock /> : <LockOpen />}
          </button>
        )}
        <button
          type="button"
          className="round"
          aria-label="Devices"
          title="Choose devices"
          data-testid="settings"
          onClick={onSettings}
        >
          <Settings />
        </button>
        <button
          type="button"
          className="round danger"
          aria-label="Leave the call"
          title="Leave the call"
          data-testid="leave-call"
          onClick={() => void model.leaveCall()}
        >
          <PhoneOff />
        </button>
      </div>
    </div>
  );
}
