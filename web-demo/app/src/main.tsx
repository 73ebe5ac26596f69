import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { AppModel } from "./lib/model";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/lobby.css";
import "./styles/room.css";
import "./styles/stage.css";
import "./styles/side.css";

const model = new AppModel();

// A handle for tests and for the curious; reading only.
Object.defineProperty(window, "parlance", {
  value: Object.freeze({
    get client() {
      return model.client;
    },
    get conversation() {
      return model.conversation;
    },
    get call() {
      return model.call;
    },
  }),
});

void model.boot();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App model={model} />
  </StrictMode>,
);
