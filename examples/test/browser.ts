import { chromium, type Browser } from "playwright-core";
import { chromiumLaunch } from "../../tools/lib/chromium.ts";

/** Starts the Chromium that the test command found, with a camera and a microphone that are made up. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch(chromiumLaunch());
}
