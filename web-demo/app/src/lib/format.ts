// Texts for people. Pure.

export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words.slice(0, 1);
  return letters.map((word) => [...word][0]!.toUpperCase()).join("") || "?";
}

/** One of `count` colours, the same for the same person everywhere. */
export function hue(id: string, count: number): number {
  // FNV-1a, then the high bits into the low ones: ids made in the same moment differ in few places.
  let hash = 2_166_136_261;
  for (const letter of id) hash = Math.imul(hash ^ letter.codePointAt(0)!, 16_777_619);
  return ((hash ^ (hash >>> 15)) >>> 0) % count;
}

const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

export const clock = (at: number): string => timeOfDay.format(at);

export function day(at: number, now: number = Date.now()): string {
  const start = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  const days = Math.round((start(now) - start(at)) / 86_400_000);
  if (days === 0) return "Today";
  return days === 1 ? "Yesterday" : dayOfYear.format(at);
}

export function names(list: readonly string[]): string {
  if (list.length <= 1) return list[0] ?? "";
  if (list.length > 3) return `${list.slice(0, 2).join(", ")} and ${list.length - 2} others`;
  return `${list.slice(0, -1).join(", ")} and ${list.at(-1)!}`;
}

export const people = (count: number): string => `${count} ${count === 1 ? "person" : "people"}`;

const encoder = new TextEncoder();

/** The longest beginning that fits into so many bytes of UTF-8, whole characters only. */
export function fitBytes(text: string, bytes: number): string {
  if (encoder.encode(text).length <= bytes) return text;
  let fitting = "";
  let used = 0;
  for (const letter of text) {
    used += encoder.encode(letter).length;
    if (used > bytes) break;
    fitting += letter;
  }
  return fitting;
}

export interface TextPart {
  text: string;
  href?: string;
}

/** Splits off web addresses, so that they can be made links. */
export function linkify(body: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of body.matchAll(/https?:\/\/[^\s<>"']+[^\s<>"'.,:;!?)\]]/g)) {
    if (match.index > end) parts.push({ text: body.slice(end, match.index) });
    parts.push({ text: match[0], href: match[0] });
    end = match.index + match[0].length;
  }
  if (end < body.length) parts.push({ text: body.slice(end) });
  return parts;
}
