import { chromium, type Browser } from "playwright-core";

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

/** Starts the Chromium that the test command found, with a camera and a microphone that are made up. */
export function startBrowser(): Promise<Browser> {
  const executablePath = process.env["PEERLOOM_CHROMIUM"];
  if (!executablePath) throw new Error("PEERLOOM_CHROMIUM is the path of Chromium; `pnpm test` finds it");
  // The browser needs none of what is meant for Node.
  const { NODE_OPTIONS: _, ...env } = process.env;
  return chromium.launch({ executablePath, args, env });
}
