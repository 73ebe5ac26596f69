// Messages of others that came while the chat was not to be seen.
import type { Conversation } from "@parlance/sdk";
import { useEffect, useState } from "react";

export function useUnread(conversation: Conversation, self: string | undefined, visible: boolean): number {
  const [unread, setUnread] = useState(0);
  useEffect(() => {
    if (visible) setUnread(0);
    return conversation.on("message", ({ sender }) => {
      if (sender !== self && (!visible || document.hidden)) setUnread((count) => count + 1);
    });
  }, [conversation, self, visible]);
  useEffect(() => {
    const seen = () => {
      if (visible && !document.hidden) setUnread(0);
    };
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, [visible]);
  return unread;
}
