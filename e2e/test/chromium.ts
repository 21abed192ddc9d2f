import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { chromiumLaunch } from "../../tools/lib/chromium.ts";

/** Starts the Chromium that the test command found; `more` are flags. `await using` or `close()` ends it. */
export function startChromium(...more: readonly string[]): Promise<Browser> {
  return chromium.launch(chromiumLaunch(more));
}
