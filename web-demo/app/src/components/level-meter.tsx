import { useEffect, useState } from "react";
import { watchLevel } from "../lib/level";

const BARS = 12;

export function LevelMeter({ track, on }: { track: MediaStreamTrack | undefined; on: boolean }) {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    setLevel(0);
    return track && on ? watchLevel(track, setLevel) : undefined;
  }, [track, on]);
  const lit = Math.round(level * BARS);
  return (
    <div
      className="meter"
      role="meter"
      aria-label="Microphone level"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(level * 100)}
      data-testid="level-meter"
    >
      {Array.from({ length: BARS }, (_, bar) => (
        <i key={bar} className={bar < lit ? "lit" : undefined} />
      ))}
    </div>
  );
}
