import { Check, Copy } from "lucide-react";
import { useRef, useState } from "react";

const SHOWN_MS = 2_500;

/** The link to send to others, ready to copy. */
export function CopyInvite({ url }: { url: string }) {
  const input = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    input.current!.select();
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      // Plain http has no clipboard; the selected text can be copied the old way.
      document.execCommand("copy");
    }
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <div className="copy">
      <input
        ref={input}
        readOnly
        value={url}
        aria-label="Invite link"
        data-testid="invite-link"
        onFocus={(event) => event.target.select()}
      />
      <button type="button" className="button" data-testid="copy-invite" onClick={() => void copy()}>
        {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
        <span aria-live="polite">{copied ? "Copied" : "Copy link"}</span>
      </button>
    </div>
  );
}
