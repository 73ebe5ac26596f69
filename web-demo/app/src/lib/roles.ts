import type { protocol } from "@parlance/sdk";

/** May mute and remove people, and lock the call. */
export function isHost(role: protocol.Role | undefined): boolean {
  return role === "owner" || role === "admin" || role === "moderator";
}
