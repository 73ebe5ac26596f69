import { hue, initials } from "../lib/format";

const COLOURS = 8;

export function Avatar({ id, name, large = false }: { id: string; name: string; large?: boolean }) {
  return (
    <span className={`avatar colour-${hue(id, COLOURS)}${large ? " avatar-large" : ""}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
