import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { chromiumLaunch } from "../../tools/lib/chromium.ts";

/** Starts the Chromium that the test command found. `await using` or `close()` ends it. */
export function startChromium(): Promise<Browser> {
  return chromium.launch(chromiumLaunch());
}
