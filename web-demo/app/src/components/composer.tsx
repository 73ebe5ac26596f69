import type { Conversation } from "@parlance/sdk";
import { SendHorizontal } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { fitBytes } from "../lib/format";

const BODY_BYTES = 16_000;
const MAX_ROWS = 6;

/** Enter sends, Shift and Enter makes a new line. */
export function Composer({ conversation, onSend }: { conversation: Conversation; onSend: () => void }) {
  const [text, setText] = useState("");
  const input = useRef<HTMLTextAreaElement>(null);
  const send = () => {
    const body = text.trim();
    if (!body) return;
    onSend();
    conversation.send(body);
    setText("");
    input.current!.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={input}
        data-testid="message-input"
        aria-label="Message"
        placeholder="Write a message"
        rows={Math.min(MAX_ROWS, text.split("\n").length)}
        value={text}
        onKeyDown={pressed}
        onChange={(event) => {
          const body = fitBytes(event.target.value, BODY_BYTES);
          setText(body);
          conversation.noteTyping(body);
        }}
      />
      <button type="submit" className="icon-button send" aria-label="Send" title="Send" data-testid="send-message" disabled={!text.trim()}>
        <SendHorizontal aria-hidden />
      </button>
    </form>
  );
}
