/** For the root user of a container, for WebRTC between pages of one machine with made-up devices, and for quiet. */
const args: readonly string[] = [
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

/**
 * How tests and benches launch the Chromium that the test command found: options of playwright's `chromium.launch`. `otherwise` is the one
 * for those that are run by hand.
 */
export function chromiumLaunch(
  more: readonly string[] = [],
  otherwise?: string,
): { executablePath: string; args: string[]; env: NodeJS.ProcessEnv } {
  const executablePath = process.env["PEERLOOM_CHROMIUM"] || otherwise;
  if (!executablePath) throw new Error("PEERLOOM_CHROMIUM is the path of Chromium; `pnpm test` finds it");
  // The browser needs none of what is meant for Node.
  const { NODE_OPTIONS: _, ...env } = process.env;
  return { executablePath, args: [...args, ...more], env };
}
