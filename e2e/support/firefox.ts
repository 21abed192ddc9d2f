import { launch } from "puppeteer-core";
import type { Browser } from "puppeteer-core";

/** Starts the Firefox that the test command found, driven over WebDriver BiDi. */
export function startFirefox(): Promise<Browser> {
  const executablePath = process.env["PEERLOOM_FIREFOX"];
  if (!executablePath) throw new Error("PEERLOOM_FIREFOX is the path of Firefox; `pnpm test` finds it");
  const { NODE_OPTIONS: _, ...env } = process.env;
  return launch({
    browser: "firefox",
    executablePath,
    headless: true,
    env,
    extraPrefsFirefox: {
      // Its own addresses instead of names that only a multicast finds.
      "media.peerconnection.ice.obfuscate_host_addresses": false,
      "media.peerconnection.ice.loopback": true,
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "app.update.enabled": false,
      "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false,
    },
  });
}
