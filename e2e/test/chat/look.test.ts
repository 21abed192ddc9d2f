import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers } from "../../support/accessibility.ts";
import { startDemo } from "../../support/demo.ts";
import type { Demo } from "../../support/demo.ts";
import { Guest } from "../../support/guest.ts";
import type { GuestOptions } from "../../support/guest.ts";
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

const open = (room: string, options: Omit<GuestOptions, "url"> = {}): Promise<Guest> =>
  Guest.open(browser, { url: demo.url, room, ...options });

const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const longWord = `https://example.org/${"averylongaddress".repeat(12)}`;
const verse = "Tiger, tiger, burning bright\nIn the forests of the night,\nWhat immortal hand or eye\nCould frame thy fearful symmetry?";

/** Nothing may stick out of the window. */
const overflow = (guest: Guest): Promise<number> =>
  guest.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Pixels of the log below what is in view. */
const below = (guest: Guest): Promise<number> =>
  guest.log.evaluate((log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight));

async function converse(one: Guest, other: Guest): Promise<void> {
  const both = async (speaker: Guest, listener: Guest, text: string, seen = text): Promise<void> => {
    await speaker.say(text);
    await listener.log.getByText(seen).first().waitFor();
  };
  await both(one, other, "Good morning! Did the relay survive the night?");
  await both(other, one, "It did. I killed it twice, to be sure.");
  await both(other, one, "Nothing was lost, and nothing came twice.");
  await both(one, other, verse, "Tiger, tiger");
  await both(other, one, longWord);
  await both(one, other, "Splendid.");
}

test("the room on a laptop, in light and dark", async () => {
  await using ada = await open("looks");
  await ada.picture("door");
  await ada.join("Ada Lovelace");
  await using max = await open("looks", { colorScheme: "dark" });
  await max.picture("door-dark");
  await max.join("Maximilian Alexander v. Habsburg");
  await using eve = await open("looks");
  await eve.join("Eve");

  await converse(ada, max);
  await eve.open("Ada");
  await eve.say("Shall we?");
  await ada.talk("Eve 1 unread").waitFor();

  await ada.picture("room");
  await max.picture("room-dark");
  await ada.open("Eve");
  await ada.picture("private");
  expect(await Promise.all([ada, max].map(overflow))).toEqual([0, 0]);
  expect([...ada.complaints, ...max.complaints]).toEqual([]);
});

test("the room on a phone 360 pixels wide", async () => {
  await using ada = await open("small", phone);
  await ada.picture("phone-door");
  await ada.join("Ada Lovelace");
  await ada.picture("phone-alone");
  await using max = await open("small", { ...phone, colorScheme: "dark" });
  await max.join("Maximilian Alexander v. Habsburg");

  await converse(ada, max);
  await ada.picture("phone-room");
  await max.picture("phone-room-dark");
  await ada.page.getByRole("button", { name: /^People, 2 here/u }).click();
  await ada.picture("phone-people");
  expect(await overflow(ada)).toBe(0);
  await ada.talk("Maximilian").click();
  await ada.say("Only for you");
  await max.page.getByRole("button", { name: "People, 2 here, 1 unread" }).waitFor();
  await max.open("Ada");
  await max.sees("Only for you");
  await max.picture("phone-private-dark");

  expect(await Promise.all([ada, max].map(overflow))).toEqual([0, 0]);
  expect([...ada.complaints, ...max.complaints]).toEqual([]);
});

test.each(["light", "dark"] as const)("the page has no barriers that can be found by a program, in %s", async (colorScheme) => {
  await using ada = await open("barriers", { colorScheme });
  await using bob = await open("barriers", { colorScheme, ...phone });
  expect(await findBarriers(ada.page)).toEqual([]);
  await ada.join("Ada");
  expect(await findBarriers(ada.page)).toEqual([]);
  await bob.join("Bob");
  await converse(ada, bob);
  await bob.open("Ada");
  await bob.say("Only for you");
  await ada.talk("Bob 1 unread").waitFor();
  await bob.page.getByRole("button", { name: /^People/u }).click();

  expect(await findBarriers(ada.page)).toEqual([]);
  expect(await findBarriers(bob.page)).toEqual([]);
});

test("on a phone, Escape closes the list of people and gives the focus back", async () => {
  await using ada = await open("escape", phone);
  await ada.join("Ada");
  const button = ada.page.getByRole("button", { name: /^People/u });
  await button.click();
  expect(await button.getAttribute("aria-expanded")).toBe("true");

  await ada.talk("everybody").press("Escape");

  await ada.log.waitFor();
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
});

test("new lines scroll into view while the end is in view, and are announced while it is not", async () => {
  await using ada = await open("long");
  await ada.join("Ada");
  await using bob = await open("long");
  await bob.join("Bob");
  for (let n = 1; n <= 40; n++) await bob.say(`line ${n}`);
  await ada.sees("line 40");
  await expect.poll(() => below(ada)).toBe(0);

  await ada.log.evaluate((log) => log.scrollTo({ top: 0 }));
  await bob.say("line 41");
  const news = ada.page.getByRole("button", { name: "New messages" });
  await news.waitFor();
  expect(await ada.log.evaluate((log) => log.scrollTop)).toBe(0);
  await ada.picture("many-lines");
  await news.click();

  await news.waitFor({ state: "detached" });
  await expect.poll(() => below(ada)).toBe(0);
  await bob.say("line 42");
  await ada.sees("line 42");
  await expect.poll(() => below(ada)).toBe(0);
});

test("one's own line scrolls into view", async () => {
  await using ada = await open("own");
  await ada.join("Ada");
  for (let n = 1; n <= 40; n++) await ada.say(`line ${n}`);
  await ada.log.evaluate((log) => log.scrollTo({ top: 0 }));

  await ada.say("line 41");

  await ada.sees("line 41");
  await expect.poll(() => below(ada)).toBe(0);
});

test("the place to write grows with what is written, and tells when little is left", async () => {
  await using ada = await open("growing");
  await ada.join("Ada");
  const field = ada.page.getByRole("textbox");
  const height = async (): Promise<number> => (await field.boundingBox())?.height ?? 0;
  const one = await height();

  await field.fill("1\n2\n3");
  const three = await height();
  await field.fill("x".repeat(3990));
  await ada.page.getByText("10 characters left").waitFor();
  await ada.picture("long-draft");

  expect(three).toBeGreaterThan(one);
  expect(await height()).toBeLessThan(200);
  expect(await overflow(ada)).toBe(0);
});
