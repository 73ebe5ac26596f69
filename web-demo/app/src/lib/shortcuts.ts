// Keys for what one needs in a hurry, unless one is writing.
import { useEffect } from "react";
import type { LocalMedia } from "./local-media";

export function useShortcuts(media: LocalMedia, active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (target.closest("input, textarea, select, dialog")) return;
      if (event.key === "m") void media.toggle("microphone");
      if (event.key === "v") void media.toggle("camera");
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [media, active]);
}
