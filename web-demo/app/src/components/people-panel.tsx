import type { Conversation, protocol } from "@parlance/sdk";
import { Crown, X } from "lucide-react";
import type { AppModel } from "../lib/model";
import { useObserved } from "../lib/observe";
import { isHost } from "../lib/roles";
import { Avatar } from "./avatar";

/** Who belongs to the conversation, who is here and who is in the call. */
export function PeoplePanel({ model, conversation, onClose }: {
  model: AppModel;
  conversation: Conversation;
  onClose: () => void;
}) {
  useObserved(conversation);
  const call = useObserved(model.call);
  const self = model.client.user?.id;
  const inCall = new Set(call?.participants.map(({ user }) => user));
  if (call?.state === "joined" && self) inCall.add(self);
  const here = (member: protocol.Member) => member.user === self || conversation.online.has(member.user);
  const members = [...conversation.members.values()].sort(
    (left, right) => Number(here(right)) - Number(here(left)) || left.name.localeCompare(right.name),
  );
  return (
    <>
      <header className="side-head">
        <h2>People</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <X aria-hidden />
        </button>
      </header>
      <ul className="people">
        {members.map((member) => (
          <li
            key={member.user}
            data-testid="member"
            data-name={member.name}
            data-online={here(member)}
            className={here(member) ? undefined : "away"}
          >
            <Avatar id={member.user} name={member.name} />
            <span className="people-name">
              {member.name}
              {member.user === self && <em> (you)</em>}
              {isHost(member.role) && <Crown aria-label="Host" />}
            </span>
            <span className="muted">
              {inCall.has(member.user) ? "in the call" : here(member) ? "here" : "away"}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
