import { useEffect, useRef } from "react";

/** Shows a track; always silent, sound has an element of its own. */
export function VideoView({ track, mirrored = false, testId }: {
  track: MediaStreamTrack;
  mirrored?: boolean;
  testId: string;
}) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current!;
    video.srcObject = new MediaStream([track]);
    // Refused while the page is in the background; the browser starts it by itself then.
    video.play().catch(() => undefined);
    return () => {
      video.srcObject = null;
    };
  }, [track]);
  return (
    <video
      ref={element}
      className={mirrored ? "video mirrored" : "video"}
      data-testid={testId}
      autoPlay
      playsInline
      muted
      disablePictureInPicture
    />
  );
}
