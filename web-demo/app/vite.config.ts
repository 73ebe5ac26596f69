import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Nothing is put inline and no polyfill injected: the page is served with script-src and style-src 'self'.
export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: {
      "/v1": { target: process.env["PARLANCE_SERVER"] ?? "http://localhost:8080", ws: true },
    },
  },
});
