import { ArrowRight, MessageSquare, Video } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { Logo } from "../components/logo";
import { Preview } from "../components/preview";
import { fitBytes } from "../lib/format";
import type { AppModel } from "../lib/model";
import { useObserved } from "../lib/observe";

const NAME_BYTES = 64;
const TITLE_BYTES = 128;

/** Before a conversation: who one is, camera and microphone, and what to start or join. */
export function Lobby({ model }: { model: AppModel }) {
  useObserved(model.media);
  const { route, client } = model;
  const [name, setName] = useState("");
  const [title, setTitle] = useState("");
  const [asked, setAsked] = useState(false);
  const joining = route.page === "join";
  const shownName = name || (asked ? "" : (client.user?.name ?? ""));
  const busy = model.phase === "opening";
  useEffect(() => {
    void model.media.open({ microphone: true, camera: true });
    void client.prepareMedia();
  }, [model, client]);

  const go = (withCall: boolean) => {
    const trimmed = shownName.trim();
    if (!trimmed || busy) return;
    if (route.page === "join") void model.join(route.code, trimmed, withCall);
    else void model.start(trimmed, title.trim() || `${trimmed}'s call`.slice(0, TITLE_BYTES / 2));
    if (!withCall) model.media.close();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    go(true);
  };

  return (
    <main className="lobby">
      <header className="lobby-head">
        <Logo />
      </header>
      <div className="lobby-body">
        <Preview media={model.media} />
        <section className="card lobby-card">
          <h1>{joining ? (model.invited?.title ?? "You are invited") : "Talk face to face"}</h1>
          <p className="muted">
            {joining
              ? "Say who you are, check how you look and sound, and join."
              : "Start a call and send the link. Whoever opens it is in: no account, nothing to install."}
          </p>
          <form onSubmit={submit}>
            <label className="field">
              <span>Your name</span>
              <input
                data-testid="name-input"
                value={shownName}
                autoComplete="name"
                autoFocus
                required
                placeholder="What the others see"
                onChange={(event) => {
                  setAsked(true);
                  setName(fitBytes(event.target.value, NAME_BYTES));
                }}
              />
            </label>
            {!joining && (
              <label className="field">
                <span>
                  What is it about? <em>optional</em>
                </span>
                <input
                  data-testid="title-input"
                  value={title}
                  autoComplete="off"
                  onChange={(event) => setTitle(fitBytes(event.target.value, TITLE_BYTES))}
                />
              </label>
            )}
            {model.error && (
              <p className="error" role="alert" data-testid="error">
                {model.error}
              </p>
            )}
            <button
              type="submit"
              className="button primary wide"
              disabled={busy || !shownName.trim()}
              data-testid={joining ? "join-call" : "start-call"}
            >
              <Video aria-hidden />
              {busy ? "One moment…" : joining ? "Join the call" : "Start a call"}
            </button>
            {joining && (
              <button
                type="button"
                className="button wide"
                disabled={busy || !shownName.trim()}
                data-testid="join-chat"
                onClick={() => go(false)}
              >
                <MessageSquare aria-hidden />
                Only the chat
              </button>
            )}
          </form>
          {!joining && <Conversations model={model} />}
        </section>
      </div>
    </main>
  );
}

function Conversations({ model }: { model: AppModel }) {
  const { conversations } = model.client;
  if (conversations.length === 0) return null;
  const newest = [...conversations].sort((left, right) => right.createdAt - left.createdAt);
  return (
    <nav aria-label="Your conversations" className="conversations">
      <h2>Your conversations</h2>
      <ul>
        {newest.map((conversation) => (
          <li key={conversation.id}>
            <button
              type="button"
              data-testid="conversation"
              onClick={() => {
                model.media.close();
                void model.open(conversation);
              }}
            >
              <span>{conversation.title}</span>
              <ArrowRight aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
