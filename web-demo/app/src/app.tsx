import { Banner } from "./components/banner";
import { Logo } from "./components/logo";
import { Notices } from "./components/notices";
import type { AppModel } from "./lib/model";
import { useObserved } from "./lib/observe";
import { Lobby } from "./screens/lobby";
import { Room } from "./screens/room";

export function App({ model }: { model: AppModel }) {
  useObserved(model);
  const { conversation, phase } = model;
  return (
    <>
      <Banner model={model} />
      {phase === "room" && conversation ? (
        <Room key={conversation.id} model={model} conversation={conversation} />
      ) : model.returning ? (
        <main className="returning" aria-busy="true">
          <Logo />
          <p role="status">Bringing you back into the call…</p>
        </main>
      ) : (
        <Lobby key={model.route.page} model={model} />
      )}
      <Notices notices={model.notices} />
    </>
  );
}
