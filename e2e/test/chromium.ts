import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

/** For the root user of a container, for WebRTC between pages of one machine, and for quiet. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--no-first-run",
  "--disable-component-update",
  "--disable-sync",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
  "--allow-loopback-in-peer-connection",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
];

/** Starts the Chromium that the test command found. `await using` or `close()` ends it. */
export function startChromium(): Promise<Browser> {
  const executablePath = process.env["PEERLOOM_CHROMIUM"];
  if (!executablePath) throw new Error("PEERLOOM_CHROMIUM is the path of Chromium; `pnpm test` finds it");
  // The browser needs none of what is meant for Node.
  const { NODE_OPTIONS: _, ...env } = process.env;
  return chromium.launch({ executablePath, args, env });
}
