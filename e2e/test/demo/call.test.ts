import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers } from "../../support/accessibility.ts";
import { startDemo, type Demo } from "../../support/demo.ts";
import { startChromium } from "../chromium.ts";

let browser: Browser;
let demo: Demo;

beforeAll(async () => {
  [browser, demo] = await Promise.all([startChromium(), startDemo()]);
});
afterAll(async () => {
  await browser.close();
  await demo.kill();
});

const complaints: string[] = [];

async function join(room: string): Promise<Page> {
  const page = await browser.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${demo.url}/call?room=${room}`);
  await page.getByRole("button", { name: "Join" }).click();
  return page;
}

test("the demo serves the call of plain signaling, and two people see each other", async () => {
  const ada = await join("tea");
  await ada.getByRole("status").filter({ hasText: "Waiting for somebody" }).waitFor();
  const bob = await join("tea");

  for (const page of [ada, bob]) await page.getByRole("status").filter({ hasText: "Talking" }).waitFor();
  await bob.waitForFunction(() => (document.querySelector<HTMLVideoElement>("#remote")?.currentTime ?? 0) > 0);

  expect(await findBarriers(bob)).toEqual([]);
  expect(complaints).toEqual([]);
});

test("without plain signaling there is no such page", async () => {
  await using other = await startDemo({ args: ["--signaling", "relay"] });

  expect((await fetch(`${other.url}/call/`)).status).toBe(404);
});
