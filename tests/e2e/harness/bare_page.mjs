// A page with nothing but a script on the SDK and a few <video>s, as an app developer would build it.
import fs from "node:fs";
import {createRequire} from "node:module";
import os from "node:os";
import path from "node:path";
import {kRoot} from "./server.mjs";

export const kSdk = path.join(kRoot, "web-demo/sdk");

// Builds it; returns the folder to serve and what takes everything away again.
export async function buildPage(script) {
  const {build} = await import(createRequire(path.join(kRoot, "web-demo/app/package.json")).resolve("vite"));
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "parlance-page-"));
  fs.writeFileSync(path.join(root, "page.ts"), script);
  fs.writeFileSync(path.join(root, "index.html"),
    `<!doctype html><title>Page</title><link rel="icon" href="data:,"><button>Join</button>` +
    `${"<video autoplay muted></video>".repeat(3)}<script type="module" src="./page.ts"></script>`);
  await build({
    root, logLevel: "error", configFile: false,
    resolve: {alias: {"@parlance/sdk": path.join(kSdk, "dist/index.js")}},
    build: {target: "es2022", modulePreload: {polyfill: false}},
  });
  return {folder: path.join(root, "dist"), remove: () => fs.rmSync(root, {recursive: true, force: true})};
}
