import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

const artifacts = join(import.meta.dirname, "..", "artifacts");

/** Writes what a page looks like to `e2e/artifacts`. Pictures of the same page are the same: no blinking, nothing half-way. */
export async function savePicture(page: Page, name: string): Promise<void> {
  mkdirSync(artifacts, { recursive: true });
  await page.screenshot({ path: join(artifacts, `${name}.png`), animations: "disabled" });
}
