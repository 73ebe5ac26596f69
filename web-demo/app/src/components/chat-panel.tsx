import type { Conversation } from "@parlance/sdk";
import { ArrowDown, X } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { names } from "../lib/format";
import type { AppModel } from "../lib/model";
import { useObserved } from "../lib/observe";
import { Composer } from "./composer";
import { MessageList } from "./message-list";

/** So close to the end counts as being there. */
const NEAR_END = 80;

export function ChatPanel({ model, conversation, onClose }: {
  model: AppModel;
  conversation: Conversation;
  onClose: () => void;
}) {
  useObserved(conversation);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const before = useRef({ height: 0, oldest: 0 });
  const [behind, setBehind] = useState(false);
  const [loading, setLoading] = useState(false);
  const { messages, pending } = conversation;

  // New messages keep the end in view for who is there; older ones above keep what was in view.
  useLayoutEffect(() => {
    const element = scroller.current!;
    const oldest = messages[0]?.q ?? 0;
    if (oldest < before.current.oldest) element.scrollTop += element.scrollHeight - before.current.height;
    else if (atEnd.current) element.scrollTop = element.scrollHeight;
    else if (element.scrollHeight > before.current.height) setBehind(true);
    before.current = { height: element.scrollHeight, oldest };
  }, [messages, pending]);

  useEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const older = async () => {
    if (loading) return;
    setLoading(true);
    await conversation.loadOlder().catch(() => model.notify("Older messages could not be loaded.", "warning"));
    setLoading(false);
  };
  const scrolled = () => {
    const element = scroller.current!;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    if (atEnd.current) setBehind(false);
  };
  const toEnd = () => {
    scroller.current!.scrollTo({ top: scroller.current!.scrollHeight, behavior: "smooth" });
  };

  return (
    <>
      <header className="side-head">
        <h2>Chat</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <X aria-hidden />
        </button>
      </header>
      <div className="chat-scroller" ref={scroller} onScroll={scrolled} tabIndex={0} role="region" aria-label="History">
        {conversation.hasOlder && (
          <button type="button" className="button small load-older" data-testid="load-older" disabled={loading} onClick={() => void older()}>
            {loading ? "Loading…" : "Load older messages"}
          </button>
        )}
        <MessageList conversation={conversation} self={model.client.user?.id} />
      </div>
      {behind && (
        <button type="button" className="button small to-end" onClick={toEnd}>
          <ArrowDown aria-hidden /> New messages
        </button>
      )}
      <p className="typing" role="status" data-testid="typing">
        {typingText(conversation)}
      </p>
      <Composer conversation={conversation} onSend={() => (atEnd.current = true)} />
    </>
  );
}

function typingText(conversation: Conversation): string {
  const list = conversation.typing.map((user) => conversation.members.get(user)?.name ?? "Somebody");
  if (list.length === 0) return "";
  return `${names(list)} ${list.length === 1 ? "is" : "are"} typing…`;
}
