import { EllipsisVertical, MicOff, UserX } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Avatar } from "./avatar";
import { VideoView } from "./video-view";

/** One person in the call. */
export function Tile({ id, user, name, camera, microphoneOn, speaking, self = false, onMute, onRemove }: {
  id: string;
  user: string;
  name: string;
  camera: MediaStreamTrack | undefined;
  microphoneOn: boolean;
  speaking: boolean;
  self?: boolean;
  onMute?: () => Promise<void>;
  onRemove?: () => Promise<void>;
}) {
  return (
    <article
      className={speaking ? "tile speaking" : "tile"}
      aria-label={self ? `${name} (you)` : name}
      data-testid={self ? "self-tile" : "tile"}
      data-participant={id}
      data-name={name}
      data-speaking={speaking}
      data-microphone={microphoneOn ? "on" : "off"}
      data-camera={camera ? "on" : "off"}
    >
      {camera ? (
        <VideoView track={camera} mirrored={self} testId={self ? "self-video" : "tile-video"} />
      ) : (
        <Avatar id={user} name={name} large />
      )}
      <div className="tile-label">
        {!microphoneOn && <MicOff aria-label="Microphone off" data-testid="tile-muted" />}
        <span data-testid="tile-name">{self ? `${name} (you)` : name}</span>
      </div>
      {onMute && onRemove && <HostMenu name={name} microphoneOn={microphoneOn} onMute={onMute} onRemove={onRemove} />}
    </article>
  );
}

function HostMenu({ name, microphoneOn, onMute, onRemove }: {
  name: string;
  microphoneOn: boolean;
  onMute: () => Promise<void>;
  onRemove: () => Promise<void>;
}) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    place.current!.querySelector<HTMLButtonElement>("[role=menuitem]:enabled")?.focus();
    const outside = (event: Event) => {
      if (!place.current!.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  const act = (action: () => Promise<void>) => {
    setOpen(false);
    action().catch(() => undefined);
  };
  return (
    <div
      ref={place}
      className={open ? "tile-menu open" : "tile-menu"}
      onKeyDown={(event) => {
        if (event.key === "Escape") setOpen(false);
      }}
    >
      <button
        type="button"
        className="icon-button on-video"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={`What to do with ${name}`}
        data-testid="host-menu"
        onClick={() => setOpen(!open)}
      >
        <EllipsisVertical aria-hidden />
      </button>
      {open && (
        <div role="menu" className="menu">
          <button
            type="button"
            role="menuitem"
            disabled={!microphoneOn}
            data-testid="host-mute"
            onClick={() => act(onMute)}
          >
            <MicOff aria-hidden /> Switch off microphone
          </button>
          <button type="button" role="menuitem" className="danger" data-testid="host-remove" onClick={() => act(onRemove)}>
            <UserX aria-hidden /> Remove from the call
          </button>
        </div>
      )}
    </div>
  );
}
