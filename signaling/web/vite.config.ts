import { defineConfig } from "vitest/config";

/** Where `npm run dev` sends calls and WebSockets: a signaling process started by `make run`. */
const signaling = process.env["SPACES_SIGNALING_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  build: {
    target: "es2022",
    // The page runs under `script-src 'self'; style-src 'self'`: nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      "/v1": { target: signaling, ws: true },
      "/spaces.v1.RoomService": { target: signaling },
    },
  },
  test: {
    include: ["{sdk,app}/test/*.test.{ts,tsx}"],
  },
});
