import { RefreshCw, WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import type { AppModel } from "../lib/model";
import { useObserved } from "../lib/observe";

/** A blink of the connection is not worth a word. */
const PATIENCE_MS = 700;

export function Banner({ model }: { model: AppModel }) {
  useObserved(model.client);
  const call = useObserved(model.call);
  const text = message(model);
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (text === undefined) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const refused = model.client.state === "refused";
  return (
    <div role="status" aria-live="polite" className="banner-place">
      {text !== undefined && late && (
        <div className="banner" data-testid="banner" data-state={call?.state ?? model.client.state}>
          {refused ? <WifiOff aria-hidden /> : <RefreshCw aria-hidden className="spin" />}
          <span>{text}</span>
          {refused && (
            <button type="button" className="button" onClick={() => void model.client.connect()}>
              Try again
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function message({ client, call, phase }: AppModel): string | undefined {
  if (client.state === "refused") return `The server closed the connection: ${client.refusal}`;
  if (client.state === "reconnecting") {
    const media = call?.mediaState === "connected" ? " Sound and picture go on." : "";
    return `The connection to the server is lost. Reconnecting…${media}`;
  }
  if (client.state === "connecting" && phase !== "lobby") return "Connecting to the server…";
  if (call?.state === "recovering") return "Bringing you back into the call…";
  if (call?.mediaState === "interrupted") return "Your network is interrupted. Restoring sound and picture…";
  return undefined;
}
