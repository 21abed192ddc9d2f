import { setTimeout as outage } from "node:timers/promises";
import { expect, test } from "vitest";
import { withChatGuests } from "../../support/chat-guests.ts";
import { startProxy } from "../../support/proxy.ts";

const guests = withChatGuests();
const patience = { timeout: 30_000 };
const outageMs = 20_000;

test("five people talk, and each sees each line once", async () => {
  const names = ["Ada", "Bob", "Cleo", "Dan", "Eve"];
  const people = await Promise.all(names.map((name) => guests.enter(name, "five")));
  for (const [at, guest] of people.entries()) {
    for (const other of names.toSpliced(at, 1)) await guest.talk(other).waitFor();
  }

  for (const [at, guest] of people.entries()) await guest.say(`from ${names[at]}`);

  for (const [at, guest] of people.entries()) {
    const expected = names.map((name, n) => `${n === at ? "You" : name}: from ${name}`).toSorted();
    const shown = async (): Promise<string[]> => (await guest.lines()).map(({ author, text }) => `${author}: ${text}`).toSorted();
    await expect.poll(shown, patience).toEqual(expected);
  }
});

test("who types is shown, and so is what people say about themselves", async () => {
  const ada = await guests.enter("Ada", "status");
  const bob = await guests.enter("Bob", "status");

  await bob.page.getByRole("textbox").pressSequentially("hel");
  await ada.page.getByText("Bob types…").waitFor();
  await ada.picture("typing");
  await bob.page.getByLabel("Your status").selectOption("busy");

  await ada.talk("Bob busy").waitFor();
  await bob.open("Ada");
  await bob.page.getByRole("textbox").pressSequentially("psst");
  await ada.talk("Bob types to you").waitFor();
  expect(await ada.page.getByText("Bob types…").count()).toBe(0);
});

test("whoever comes late reads what was said before, marked as what others remember", async () => {
  const ada = await guests.enter("Ada", "late");
  const bob = await guests.enter("Bob", "late");
  await ada.sayAll(Array.from({ length: 230 }, (_, n) => `line ${n + 1}`));
  await bob.sees("line 230");

  const eve = await guests.enter("Eve", "late");
  await eve.sees("line 230");
  await bob.say("welcome");
  await eve.sees("welcome");
  await eve.page.getByText("what is above, others remember").waitFor();
  await eve.picture("late");
  // There is more than one page: scrolling up fetches it.
  await eve.log.evaluate((log) => log.scrollTo({ top: 0 }));

  await eve.log.getByText("line 1", { exact: true }).waitFor(patience);
  expect(await eve.saidBy("You")).toEqual([]);
});

test("lines are answered and get reactions", async () => {
  const ada = await guests.enter("Ada", "answers");
  const bob = await guests.enter("Bob", "answers");
  await ada.say("Who likes tea?");
  await bob.sees("Who likes tea?");

  await bob.act("Who likes tea?", "Reply");
  await bob.say("I do");
  await bob.act("Who likes tea?", "React", "React with 👍");

  await ada.sees("I do");
  await ada.log.getByRole("button", { name: "You Who likes tea?" }).waitFor();
  await ada.log.getByRole("button", { name: "👍 1, by Bob" }).click();
  await bob.log.getByRole("button", { name: "👍 2, by you and Ada" }).waitFor();
  await ada.picture("answers");
  expect(await bob.log.locator(".reaction").count()).toBe(1);
});

test("on a phone, a tap on a line shows what can be done with it", async () => {
  const ada = await guests.enter("Ada", "tap");
  const bob = await guests.enter("Bob", "tap", { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
  await ada.say("Who likes tea?");
  await bob.sees("Who likes tea?");
  const line = bob.log.locator(".line");

  await line.getByText("Who likes tea?").tap();
  await line.getByRole("button", { name: "React", exact: true }).tap();
  await bob.picture("phone-emoji");
  await line.getByRole("button", { name: "React with 🎉" }).tap();
  await ada.log.getByRole("button", { name: "🎉 1, by Bob" }).waitFor();
  await line.getByRole("button", { name: "Reply" }).tap();
  await bob.say("Everybody does");

  await ada.sees("Everybody does");
  expect(await ada.log.getByRole("button", { name: "You Who likes tea?" }).count()).toBe(1);
});

test("code and links are shown as such, and nothing that is written is markup", async () => {
  const ada = await guests.enter("Ada", "rich");
  const bob = await guests.enter("Bob", "rich");

  await ada.say("```js\nconst a = '<b>';\n```\nsee `code` at https://example.org/<script>alert(1)</script>.");

  await bob.log.getByText("const a = '<b>';").waitFor();
  expect(await bob.log.locator("pre code").textContent()).toBe("const a = '<b>';");
  expect(await bob.log.locator("a").getAttribute("href")).toBe("https://example.org/");
  expect(await bob.log.locator("a").getAttribute("rel")).toContain("noopener");
  expect(await bob.log.locator("script, b").count()).toBe(0);
});

test("who loses the network for 20 s loses nothing, and is told what waits", async () => {
  await using proxy = await startProxy(Number(new URL(guests.demo.url).port));
  const ada = await guests.enter("Ada", "outage", { url: proxy.url, isRelayKilled: true });
  const bob = await guests.enter("Bob", "outage");
  await bob.talk("Ada").waitFor();
  await ada.say("before");
  await bob.sees("before");

  const bringBack = proxy.takeDown();
  await ada.banner.waitFor(patience);
  await bob.talk("Ada away").waitFor(patience);
  for (const text of ["one", "two"]) await ada.say(text);
  await ada.page.getByText("2 messages wait.").waitFor();
  await ada.picture("outage");
  for (const text of ["meanwhile", "and more"]) await bob.say(text);
  // The length of the outage is what this is about.
  await outage(outageMs);
  bringBack();

  await expect.poll(() => bob.saidBy("Ada"), patience).toEqual(["before", "one", "two"]);
  await expect.poll(() => ada.saidBy("Bob"), patience).toEqual(["meanwhile", "and more"]);
  await ada.banner.waitFor({ state: "hidden", ...patience });
  await expect.poll(async () => (await ada.lines()).filter(({ delivery }) => delivery === "sent").length, patience).toBe(3);
}, 120_000);

test("services are called, and their topics drawn, live for everybody", async () => {
  const ada = await guests.enter("Ada", "services");
  const bob = await guests.enter("Bob", "services");
  for (const guest of [ada, bob]) await guest.page.getByRole("button", { name: "Services", exact: true }).click();

  await ada.page.getByRole("button", { name: "Raise it" }).click();
  await ada.page.getByText("It is 1 now").waitFor();
  await bob.page.getByRole("img", { name: "Counter: its value, now 1" }).waitFor();
  await bob.page.getByRole("button", { name: "Raise it" }).click();

  await ada.page.getByRole("img", { name: "Counter: its value, now 2" }).waitFor();
  await ada.page.getByRole("button", { name: "Roll" }).click();
  await bob.page.getByRole("img", { name: /Dice: everybody’s rolls, now [1-6]$/u }).waitFor();
  await ada.page.getByRole("img", { name: /Clock: the second of the minute, now \d+/u }).waitFor();
  await ada.picture("services");
  // The plot begins with what others have seen before.
  await bob.page.getByRole("button", { name: "Close the services" }).click();
  await bob.page.getByRole("button", { name: "Services", exact: true }).click();
  await bob.page.getByRole("img", { name: "Counter: its value, now 2" }).waitFor();
  expect(await bob.page.getByRole("region").count()).toBe(5);
});
