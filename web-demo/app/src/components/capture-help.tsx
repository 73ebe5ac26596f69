import type { CaptureProblem } from "@parlance/sdk";
import { captureProblem } from "@parlance/sdk";
import { CircleAlert } from "lucide-react";
import type { LocalMedia } from "../lib/local-media";

const TEXT: Record<Exclude<CaptureProblem, "insecure">, { why: string; what: string }> = {
  denied: {
    why: "was not allowed",
    what: "Allow it with the icon beside the address, then switch it on again.",
  },
  missing: { why: "was not found", what: "Connect one, then switch it on again." },
  busy: { why: "is in use", what: "Close the other program that has it, then switch it on again." },
  unsupported: {
    why: "is not available in this browser",
    what: "Use a current Chrome or Firefox.",
  },
};

/** Why there is no camera or microphone, what to do about it, and that one can join all the same. */
export function CaptureHelp({ media }: { media: LocalMedia }) {
  if (captureProblem() === "insecure") return <InsecureHelp />;
  const microphone = media.microphone.problem;
  const camera = media.camera.problem;
  const problem = camera ?? microphone;
  if (problem === undefined || problem === "insecure") return null;
  const which = camera && microphone === camera ? "Camera and microphone" : camera ? "The camera" : "The microphone";
  const verb = camera && microphone === camera ? TEXT[problem].why.replace(/^was/, "were").replace(/^is/, "are") : TEXT[problem].why;
  return (
    <div className="help" role="alert" data-testid="capture-problem" data-problem={problem}>
      <CircleAlert aria-hidden />
      <p>
        <strong>
          {which} {verb}.
        </strong>{" "}
        {TEXT[problem].what} You can join without.
      </p>
    </div>
  );
}

function InsecureHelp() {
  return (
    <div className="help" role="alert" data-testid="capture-problem" data-problem="insecure">
      <CircleAlert aria-hidden />
      <p>
        <strong>This page gets no camera and no microphone.</strong> Browsers give them only to pages that
        came over https or from localhost, and this one came over plain http. Open it with{" "}
        <code>https://</code>; whoever runs the server can start it with <code>script/server --lan</code> for
        that. You can join without: you will see, hear and chat.
      </p>
    </div>
  );
}
