import type { Conversation } from "@parlance/sdk";
import { Video } from "lucide-react";
import { useEffect, useState } from "react";
import { people } from "../lib/format";
import type { AppModel } from "../lib/model";
import { useObserved } from "../lib/observe";
import { Preview } from "./preview";

/** In the conversation, but not in its call. */
export function Waiting({ model, conversation }: { model: AppModel; conversation: Conversation }) {
  useObserved(model.media);
  const [checking, setChecking] = useState(false);
  const running = conversation.callSummary;
  const joining = model.call !== undefined;
  useEffect(() => {
    if (checking) void model.media.open({ microphone: true, camera: true });
  }, [checking, model]);
  return (
    <section className="waiting" aria-label="Call">
      <div className="card waiting-card">
        <h2>{joining ? "Joining…" : running ? "A call is running" : "No call is running"}</h2>
        <p className="muted" data-testid="running-call">
          {running ? `${people(running.participants)} in it.` : "The chat works all the same."}
        </p>
        {model.error && (
          <p className="error" role="alert" data-testid="error">
            {model.error}
          </p>
        )}
        {checking && !joining && <Preview media={model.media} />}
        {!joining && (
          <div className="row">
            <button
              type="button"
              className="button primary"
              data-testid={running ? "join-call" : "start-call"}
              onClick={() => {
                void model.media.open({ microphone: true, camera: true }).then(() => model.joinCall());
              }}
            >
              <Video aria-hidden />
              {running ? "Join the call" : "Start a call"}
            </button>
            {!checking && (
              <button type="button" className="button" data-testid="check-devices" onClick={() => setChecking(true)}>
                Check camera and microphone
              </button>
            )}
          </div>
        )}
      </div>
    </section>
  );
}
