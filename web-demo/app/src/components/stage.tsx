import type { Call, Conversation, RemoteMedia } from "@parlance/sdk";
import { useLayoutEffect, useRef, useState } from "react";
import { bestGrid } from "../lib/grid";
import type { AppModel } from "../lib/model";
import { useObserved } from "../lib/observe";
import { isHost } from "../lib/roles";
import { CopyInvite } from "./copy-invite";
import { Tile } from "./tile";
import { VideoView } from "./video-view";

const GAP = 12;

interface SharedScreen {
  name: string;
  track: MediaStreamTrack;
}

/** Everybody in the call in a grid that fits; a shared screen takes the larger part. */
export function Stage({ model, conversation, call }: {
  model: AppModel;
  conversation: Conversation;
  call: Call;
}) {
  const { media } = model;
  useObserved(media);
  const shared = sharedScreen(call, media.screen);
  const host = isHost(call.self?.role);
  const self = model.client.user;
  return (
    <section className={shared ? "stage with-screen" : "stage"} aria-label="Call" data-testid="stage">
      {shared && (
        <figure className="screen" data-testid="screen">
          <VideoView track={shared.track} testId="screen-video" />
          <figcaption>{shared.name}</figcaption>
        </figure>
      )}
      <Tiles count={call.participants.length + 1} strip={shared !== undefined}>
        <Tile
          id={call.participantId}
          user={self?.id ?? ""}
          name={self?.name ?? ""}
          self
          camera={media.camera.on ? media.camera.track : undefined}
          microphoneOn={media.microphone.on}
          speaking={call.speaker === call.participantId}
        />
        {call.participants.map((participant) => (
          <Tile
            key={participant.id}
            id={participant.id}
            user={participant.user}
            name={participant.name}
            camera={playing(participant.media.get("camera"))}
            microphoneOn={participant.media.get("microphone")?.paused === false}
            speaking={call.speaker === participant.id}
            {...(host ? { onMute: () => call.mute(participant.id, "microphone"), onRemove: () => call.remove(participant.id) } : {})}
          />
        ))}
      </Tiles>
      {call.participants.length === 0 && !shared && (
        <div className="alone" role="status">
          <p>Nobody else is here yet. Send this link to those who should be:</p>
          <CopyInvite url={`${location.origin}/join/${conversation.inviteCode}`} />
        </div>
      )}
    </section>
  );
}

function Tiles({ count, strip, children }: { count: number; strip: boolean; children: React.ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 1, height: 1 });
  useLayoutEffect(() => {
    const element = place.current!;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const grid = bestGrid(count, size.width, size.height, GAP);
  // Set through the DOM and not as an attribute, which the page's policy would refuse.
  useLayoutEffect(() => {
    place.current!.style.setProperty("--tile-width", `${grid.width}px`);
    place.current!.style.setProperty("--tile-height", `${grid.height}px`);
  }, [grid.width, grid.height]);
  return (
    <div
      ref={place}
      className={strip ? "tiles strip" : "tiles"}
      data-testid="tiles"
      data-count={count}
    >
      {children}
    </div>
  );
}

function playing(media: RemoteMedia | undefined): MediaStreamTrack | undefined {
  return media?.paused === false ? media.track : undefined;
}

// The latest of the others first: the own screen one knows.
function sharedScreen(call: Call, own: MediaStreamTrack | undefined): SharedScreen | undefined {
  for (const { name, media } of [...call.participants].reverse()) {
    const track = playing(media.get("screen"));
    if (track) return { name: `${name}'s screen`, track };
  }
  return own && { name: "Your screen", track: own };
}
