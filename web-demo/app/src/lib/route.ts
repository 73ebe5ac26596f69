// The two addresses of the app. Pure.

export type Route = { page: "home" } | { page: "join"; code: string };

export function parseRoute(pathname: string): Route {
  const match = /^\/join\/([A-Za-z0-9_-]{1,64})\/?$/.exec(pathname);
  return match ? { page: "join", code: match[1]! } : { page: "home" };
}

export function invitePath(code: string): string {
  return `/join/${code}`;
}

export interface Switches {
  relayOnly: boolean;
  videoCodec: string | undefined;
}

const CODECS: Record<string, string> = {
  vp8: "video/VP8",
  vp9: "video/VP9",
  h264: "video/H264",
  av1: "video/AV1",
};

/** `?relay=1` goes through TURN only, `?codec=vp9` chooses what the camera sends. */
export function parseSwitches(search: string): Switches {
  const parameters = new URLSearchParams(search);
  return {
    relayOnly: parameters.get("relay") === "1",
    videoCodec: CODECS[parameters.get("codec")?.toLowerCase() ?? ""],
  };
}
