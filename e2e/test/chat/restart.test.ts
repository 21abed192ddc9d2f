import { expect, test } from "vitest";
import { startDemo } from "../../support/demo.ts";
import { Guest } from "../../support/guest.ts";
import { startChromium } from "../chromium.ts";

const kills = 3;
const patience = { timeout: 20_000 };

test("a relay that is killed and started again between two lines loses none, doubles none and keeps their order", async () => {
  await using browser = await startChromium();
  let demo = await startDemo();
  const { url } = demo;
  const port = Number(new URL(url).port);
  try {
    await using ada = await Guest.open(browser, { url, room: "restart", isRelayKilled: true });
    await using bob = await Guest.open(browser, { url, room: "restart", isRelayKilled: true });
    await ada.join("Ada");
    await bob.join("Bob");
    await ada.talk("Bob").waitFor();
    const people = [ada, bob];
    const inRoom: string[] = [];
    const inPrivate: string[] = [];
    const sayToAll = async (text: string): Promise<void> => {
      inRoom.push(text);
      for (const guest of people) {
        await guest.open("everybody");
        await guest.say(text);
      }
    };
    const sayInPrivate = async (text: string): Promise<void> => {
      inPrivate.push(text);
      await ada.open("Bob");
      await bob.open("Ada");
      for (const guest of people) await guest.say(text);
    };

    for (let n = 1; n <= kills; n++) {
      await sayInPrivate(`private, before kill ${n}`);
      await sayToAll(`before kill ${n}`);
      await demo.kill();
      await sayToAll(`at kill ${n}`);
      for (const guest of people) await guest.banner.waitFor();
      await sayToAll(`while it is down, ${n}`);
      await sayInPrivate(`private, while it is down, ${n}`);
      if (n === 1) await ada.picture("relay-down");
      demo = await startDemo({ port });
      await sayInPrivate(`private, after kill ${n}`);
      for (const guest of people) await guest.banner.waitFor({ state: "hidden" });
      await sayToAll(`after kill ${n}`);
    }

    for (const [guest, other] of [
      [ada, "Bob"],
      [bob, "Ada"],
    ] as const) {
      await guest.open("everybody");
      await expect.poll(() => guest.saidBy(other), patience).toEqual(inRoom);
      await expect
        .poll(async () => (await guest.lines()).filter(({ delivery }) => delivery === "sent").length, patience)
        .toBe(inRoom.length);
      expect(await guest.saidBy("You")).toEqual(inRoom);
      await guest.open(other);
      await expect.poll(() => guest.saidBy(other), patience).toEqual(inPrivate);
      await expect
        .poll(async () => (await guest.lines()).filter(({ delivery }) => delivery === "delivered").length, patience)
        .toBe(inPrivate.length);
      expect(await guest.saidBy("You")).toEqual(inPrivate);
      expect(guest.complaints).toEqual([]);
    }
    await ada.open("everybody");
    await ada.picture("relay-restarted");
    expect(await ada.page.getByText(/joined|left|lost/u).allTextContents()).toEqual(["Bob joined"]);
  } finally {
    await demo.kill();
  }
});

test("the first private line may be written while the relay is down", async () => {
  await using browser = await startChromium();
  await using first = await startDemo();
  await using ada = await Guest.open(browser, { url: first.url, isRelayKilled: true });
  await using bob = await Guest.open(browser, { url: first.url, isRelayKilled: true });
  await ada.join("Ada");
  await bob.join("Bob");
  await ada.open("Bob");
  await first.kill();
  await ada.banner.waitFor();

  await ada.say("one");
  await ada.say("two");
  await using _second = await startDemo({ port: Number(new URL(first.url).port) });
  await bob.talk("Ada 2 unread").click(patience);

  await expect.poll(() => bob.saidBy("Ada")).toEqual(["one", "two"]);
  await expect
    .poll(() => ada.lines(), patience)
    .toEqual([
      { author: "You", text: "one", delivery: "delivered" },
      { author: "You", text: "two", delivery: "delivered" },
    ]);
});

test("the helper answers again after a restart", async () => {
  await using browser = await startChromium();
  await using first = await startDemo();
  await using ada = await Guest.open(browser, { url: first.url, isRelayKilled: true });
  await ada.join("Ada");
  await ada.open("Loom");
  await ada.say("one");
  await expect.poll(() => ada.saidBy("Loom")).toEqual(["one"]);
  await first.kill();
  await ada.banner.waitFor();

  await ada.say("two");
  await using _second = await startDemo({ port: Number(new URL(first.url).port) });

  await expect.poll(() => ada.saidBy("Loom"), patience).toEqual(["one", "two"]);
});

test("whoever joins while the relay is down is told, and is let in when it is back", async () => {
  await using browser = await startChromium();
  await using first = await startDemo();
  await using ada = await Guest.open(browser, { url: first.url, isRelayKilled: true });
  await first.kill();

  await ada.page.getByLabel("Your name").fill("Ada");
  await ada.page.getByRole("button", { name: "Join" }).click();
  await ada.page.getByText("The relay does not answer. Trying again…").waitFor();
  await ada.picture("relay-unreachable");
  await using _second = await startDemo({ port: Number(new URL(first.url).port) });
  await ada.log.waitFor(patience);

  expect(ada.complaints).toEqual([]);
});

test("a page that is reloaded after the relay was started again still has what was said", async () => {
  await using browser = await startChromium();
  await using first = await startDemo();
  await using ada = await Guest.open(browser, { url: first.url, isRelayKilled: true });
  await ada.join("Ada");
  await ada.say("before");
  await first.kill();
  await ada.banner.waitFor();

  await using _second = await startDemo({ port: Number(new URL(first.url).port) });
  await ada.page.reload();
  await ada.sees("before");

  expect(await ada.lines()).toEqual([{ author: "You", text: "before", delivery: "sent" }]);
});
