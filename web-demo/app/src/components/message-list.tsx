import type { Conversation, PendingMessage, protocol } from "@parlance/sdk";
import { memo } from "react";
import { clock, day, linkify } from "../lib/format";
import { Avatar } from "./avatar";

/** Messages of one person that come within this time stand under one name. */
const GROUP_MS = 5 * 60_000;

export function MessageList({ conversation, self }: { conversation: Conversation; self: string | undefined }) {
  const { messages, pending, members } = conversation;
  return (
    <>
      {messages.length === 0 && pending.length === 0 && (
        <p className="muted empty">{conversation.loaded ? "No messages yet. Say hello." : "Loading…"}</p>
      )}
      <div role="log" aria-live="polite" aria-label="Messages">
        <ol>
          {messages.map((message, index) => (
            <MessageItem
              key={message.m}
              message={message}
              before={messages[index - 1]}
              name={members.get(message.sender)?.name ?? "Somebody who left"}
              own={message.sender === self}
            />
          ))}
          {pending.map((message) => (
            <PendingItem key={message.cmid} message={message} conversation={conversation} />
          ))}
        </ol>
      </div>
    </>
  );
}

const MessageItem = memo(function MessageItem({ message, before, name, own }: {
  message: protocol.Message;
  before: protocol.Message | undefined;
  name: string;
  own: boolean;
}) {
  const newDay = before === undefined || day(before.at) !== day(message.at);
  const first = newDay || before.sender !== message.sender || message.at - before.at > GROUP_MS;
  return (
    <>
      {newDay && (
        <li className="day">
          {day(message.at)}
        </li>
      )}
      <li
        className={`message${own ? " own" : ""}${first ? " first" : ""}`}
        data-testid="message"
        data-q={message.q}
        data-m={message.m}
        data-state="sent"
      >
        {first && !own && <Avatar id={message.sender} name={name} />}
        {first && (
          <p className="message-head">
            {!own && <strong>{name}</strong>}
            <time dateTime={new Date(message.at).toISOString()}>{clock(message.at)}</time>
          </p>
        )}
        <Body text={message.body} />
      </li>
    </>
  );
});

function PendingItem({ message, conversation }: { message: PendingMessage; conversation: Conversation }) {
  const failed = message.state === "failed";
  return (
    <li className="message own pending first" data-testid="message" data-m={message.cmid} data-state={message.state}>
      <Body text={message.body} />
      <p className="message-state" role={failed ? "alert" : undefined}>
        {failed ? `Not sent: ${message.error ?? "the server refused it"}` : "Sending…"}
        {failed && (
          <>
            <button type="button" data-testid="message-retry" onClick={() => conversation.retry(message.cmid)}>
              Send again
            </button>
            <button type="button" data-testid="message-discard" onClick={() => conversation.discard(message.cmid)}>
              Delete
            </button>
          </>
        )}
      </p>
    </li>
  );
}

function Body({ text }: { text: string }) {
  return (
    <p className="bubble" data-testid="message-body">
      {linkify(text).map(({ text: part, href }, index) =>
        href ? (
          <a key={index} href={href} target="_blank" rel="noopener noreferrer">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </p>
  );
}
