import type { Conversation } from "@parlance/sdk";
import { House, Lock, MessageSquare, Users } from "lucide-react";
import { useEffect, useState } from "react";
import { ChatPanel } from "../components/chat-panel";
import { Controls } from "../components/controls";
import { CopyInvite } from "../components/copy-invite";
import { PeoplePanel } from "../components/people-panel";
import { SettingsDialog } from "../components/settings-dialog";
import { Sound } from "../components/sound";
import { Stage } from "../components/stage";
import { Waiting } from "../components/waiting";
import { people } from "../lib/format";
import type { AppModel } from "../lib/model";
import { useObserved } from "../lib/observe";
import { useShortcuts } from "../lib/shortcuts";
import { useUnread } from "../lib/unread";

export type Side = "chat" | "people" | undefined;

const WIDE = "(min-width: 60rem)";

/** A conversation: its call, with the chat and the people beside it. */
export function Room({ model, conversation }: { model: AppModel; conversation: Conversation }) {
  useObserved(conversation);
  const call = useObserved(model.call);
  const { media } = model;
  const inCall = call !== undefined && call.state !== "joining";
  const [side, setSide] = useState<Side>(() => (matchMedia(WIDE).matches || !call ? "chat" : undefined));
  const [settings, setSettings] = useState(false);
  const unread = useUnread(conversation, model.client.user?.id, side === "chat");
  useShortcuts(media, inCall);
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${conversation.title} · Parlance`;
    return () => {
      document.title = "Parlance";
    };
  }, [conversation.title, unread]);
  const show = (wanted: Side) => setSide((shown) => (shown === wanted ? undefined : wanted));
  const url = `${location.origin}/join/${conversation.inviteCode}`;

  return (
    <main className={side ? "room with-side" : "room"} data-testid="room" data-call={call?.state ?? "none"}>
      <header className="room-head">
        <button
          type="button"
          className="icon-button"
          aria-label="Leave and go to the start page"
          title="Start page"
          data-testid="home"
          onClick={() => void model.goHome()}
        >
          <House aria-hidden />
        </button>
        <div className="room-title">
          <h1 data-testid="conversation-title">{conversation.title}</h1>
          {call && (
            <p className="muted" data-testid="call-status" data-state={call.state} data-media={call.mediaState}>
              {call.locked && <Lock aria-label="Locked" />}
              <span data-testid="participant-count">{people(call.participants.length + 1)}</span> in the call
            </p>
          )}
        </div>
        <CopyInvite url={url} />
        <div className="room-tabs">
          <SideButton side={side} of="people" label="People" count={conversation.members.size} show={show}>
            <Users aria-hidden />
            <span className="badge" aria-hidden="true">{conversation.members.size}</span>
          </SideButton>
          <SideButton side={side} of="chat" label="Chat" count={unread} show={show}>
            <MessageSquare aria-hidden />
            {unread > 0 && (
              <span className="badge strong" aria-hidden="true" data-testid="unread">
                {unread}
              </span>
            )}
          </SideButton>
        </div>
      </header>
      <div className="room-main">
        {call && inCall ? <Stage model={model} conversation={conversation} call={call} /> : <Waiting model={model} conversation={conversation} />}
        {call && <Controls model={model} call={call} onSettings={() => setSettings(true)} />}
      </div>
      {side && (
        <aside className="side" aria-label={side === "chat" ? "Chat" : "People"}>
          {side === "chat" ? (
            <ChatPanel model={model} conversation={conversation} onClose={() => setSide(undefined)} />
          ) : (
            <PeoplePanel model={model} conversation={conversation} onClose={() => setSide(undefined)} />
          )}
        </aside>
      )}
      {call && <Sound participants={call.participants} speaker={media.chosen.speaker} />}
      {settings && <SettingsDialog media={media} onClose={() => setSettings(false)} />}
    </main>
  );
}

function SideButton({ side, of, label, count, show, children }: {
  side: Side;
  of: "chat" | "people";
  label: string;
  count: number;
  show: (side: Side) => void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-expanded={side === of}
      aria-label={count > 0 ? `${label}, ${count}` : label}
      title={label}
      data-testid={`${of}-toggle`}
      onClick={() => show(of)}
    >
      {children}
    </button>
  );
}
