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

/** What pages of Playwright's browsers can do, too. */
export interface Tab {
  goto(url: string): Promise<unknown>;
  exposeFunction<Message>(name: string, call: (message: Message) => void): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * The tab that Firefox starts with, for one user after the other; `close` leaves it as it was. A tab that is opened while others close may
 * be gone before it can be driven.
 */
export async function firstTab(firefox: Browser): Promise<Tab> {
  const [page] = await firefox.pages();
  if (!page) throw new Error("Firefox has started without a tab");
  const exposed: string[] = [];
  return {
    goto: (url) => page.goto(url),
    exposeFunction: (name, call) => {
      exposed.push(name);
      return page.exposeFunction(name, call);
    },
    evaluate: (script) => page.evaluate(script),
    close: async () => {
      for (const name of exposed) await page.removeExposedFunction(name);
      await page.goto("about:blank");
    },
  };
}
