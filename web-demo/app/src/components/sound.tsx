import type { RemoteParticipant } from "@parlance/sdk";
import { useEffect, useRef, useState } from "react";

/** Everything that is to be heard, and a button for browsers that want a click before they play. */
export function Sound({ participants, speaker }: {
  participants: readonly RemoteParticipant[];
  speaker: string | undefined;
}) {
  const [blocked, setBlocked] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const tracks = participants.flatMap(({ id, media }) =>
    [media.get("microphone"), media.get("screen_audio")].flatMap((sound) =>
      sound?.track ? [{ key: `${id}-${sound.producer}`, track: sound.track }] : [],
    ),
  );
  const unblock = () => {
    for (const audio of place.current!.querySelectorAll("audio")) void audio.play();
    setBlocked(false);
  };
  return (
    <div ref={place}>
      {tracks.map(({ key, track }) => (
        <AudioView key={key} track={track} speaker={speaker} onBlocked={() => setBlocked(true)} />
      ))}
      {blocked && (
        <button type="button" className="button primary unblock" onClick={unblock}>
          Click to hear the others
        </button>
      )}
    </div>
  );
}

function AudioView({ track, speaker, onBlocked }: {
  track: MediaStreamTrack;
  speaker: string | undefined;
  onBlocked: () => void;
}) {
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = element.current!;
    audio.srcObject = new MediaStream([track]);
    audio.play().catch((error: DOMException) => {
      if (error.name === "NotAllowedError") onBlocked();
    });
    return () => {
      audio.srcObject = null;
    };
    // Only another track needs another start.
  }, [track]);
  useEffect(() => {
    if (speaker) void element.current!.setSinkId?.(speaker).catch(() => undefined);
  }, [speaker]);
  return <audio ref={element} data-testid="audio" autoPlay />;
}
