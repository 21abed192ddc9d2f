import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withChatGuests } from "../../support/chat-guests.ts";
import { startFirefox } from "../../support/firefox.ts";

const guests = withChatGuests();
const patience = { timeout: 45_000 };
const artifacts = join(import.meta.dirname, "..", "..", "artifacts");

test("somebody in Firefox and somebody in Chromium talk, send a file and call each other", { timeout: 120_000 }, async () => {
  mkdirSync(artifacts, { recursive: true });
  const firefox = await startFirefox();
  try {
    const page = await firefox.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`${guests.demo.url}/#foxes`);
    const ada = await guests.enter("Ada", "foxes");
    const press = (label: string): Promise<void> => page.locator(`::-p-aria([name="${label}"][role="button"])`).click();
    const shows = (text: string): Promise<unknown> =>
      page.waitForFunction((wanted) => document.querySelector(".log")?.textContent?.includes(wanted), patience, text);

    await page.locator("#name").fill("Fox");
    await press("Join");
    await ada.talk("Fox").waitFor(patience);
    await page.locator("textarea").fill("hello from the fox");
    await press("Send");
    await ada.sees("hello from the fox");
    await ada.attach({ name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("for the fox") });
    await shows("note.txt");
    await press("Get note.txt");
    await shows("11 B · here");
    await ada.call("Call");
    await press("Join the call");

    const played = (): Promise<number> =>
      ada
        .tile("Fox")
        .locator("video")
        .evaluate((video) => (video as HTMLVideoElement).currentTime);
    await expect.poll(played, patience).toBeGreaterThan(0);
    const seen = (): Promise<number> =>
      page.evaluate(() => document.querySelector<HTMLVideoElement>(".tile.camera video")?.currentTime ?? 0);
    await expect.poll(seen, patience).toBeGreaterThan(0);
    await page.screenshot({ path: join(artifacts, "firefox-call.png") });
    expect(complaints).toEqual([]);
  } finally {
    await firefox.close();
  }
});
