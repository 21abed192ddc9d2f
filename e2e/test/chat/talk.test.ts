import { expect, test } from "vitest";
import { withChatGuests } from "../../support/chat-guests.ts";

const { open, enter } = withChatGuests();

test("two people see each other and talk in the room", async () => {
  const ada = await enter("Ada Lovelace", "talk");
  const bob = await enter("Bob", "talk");
  await ada.talk("Bob").waitFor();
  await bob.talk("Ada Lovelace").waitFor();

  await ada.say("Hello Bob");
  await bob.sees("Hello Bob");
  await bob.say("Hello Ada");
  await ada.sees("Hello Ada");

  expect(await ada.lines()).toEqual([
    { author: "You", text: "Hello Bob", delivery: "sent" },
    { author: "Bob", text: "Hello Ada", delivery: undefined },
  ]);
});

test("rooms are apart", async () => {
  const ada = await enter("Ada", "one");
  const bob = await enter("Bob", "two");
  const cleo = await enter("Cleo", "two");

  await ada.say("in one");
  await bob.say("in two");
  await cleo.sees("in two");

  expect(await cleo.lines()).toHaveLength(1);
  expect(await ada.lines()).toHaveLength(1);
});

test("a private conversation is seen by two people only, and counted until it is read", async () => {
  const ada = await enter("Ada", "private");
  const bob = await enter("Bob", "private");
  const eve = await enter("Eve", "private");

  await bob.open("Ada");
  await bob.say("psst");
  await bob.say("Ada?");
  await ada.talk("Bob 2 unread").waitFor();
  expect(await ada.page.title()).toBe("(2) # private · Peerloom");
  await ada.open("Bob");
  await ada.say("yes?");
  await bob.sees("yes?");

  expect(await bob.lines()).toEqual([
    { author: "You", text: "psst", delivery: "delivered" },
    { author: "You", text: "Ada?", delivery: "delivered" },
    { author: "Ada", text: "yes?", delivery: undefined },
  ]);
  expect(await ada.page.title()).toBe("# private · Peerloom");
  expect(await eve.lines()).toEqual([]);
});

test("a private line to somebody who has left fails in words, and can be tried again", async () => {
  const ada = await enter("Ada", "gone");
  const bob = await enter("Bob", "gone");
  await ada.open("Bob");
  await bob.page.getByRole("button", { name: "Leave the room" }).click();
  await ada.page.getByText("Private · not in this room now").waitFor();

  await ada.say("still there?");
  await ada.page.getByText("Not sent. Bob is not here.").waitFor();
  await ada.picture("failed");
  await bob.join("Bob");
  await ada.page.getByRole("button", { name: "Try again" }).click();

  await bob.talk("Ada 1 unread").click();
  await bob.sees("still there?");
  await expect.poll(() => ada.lines()).toEqual([{ author: "You", text: "still there?", delivery: "delivered" }]);
});

test("a name that is taken is refused in words", async () => {
  await enter("Ada Lovelace", "taken");
  const other = await open("taken");

  await other.page.getByLabel("Your name").fill("ada  lovelace");
  await other.page.getByRole("button", { name: "Join" }).click();
  const alert = other.page.getByRole("alert");
  await alert.getByText("taken").waitFor();
  await other.picture("name-taken");

  expect((await alert.textContent())?.trim()).toBe("The name ada lovelace is taken. Please choose another one.");
  await other.join("Grace");
  await other.talk("Ada Lovelace").waitFor();
});

test("what is said is text, never part of the page", async () => {
  const attack = `<img src=x onerror="document.title='broken'"><script>document.title='broken'</script>&amp; <b>bold</b>`;
  const ada = await enter("<b>Ada</b>", "html");
  const bob = await enter("Bob", "html");

  await ada.say(attack);
  await bob.sees(attack);

  expect(await bob.saidBy("<b>Ada</b>")).toEqual([attack]);
  expect(await bob.log.locator("img, script, b").count()).toBe(0);
  expect(await bob.page.title()).toBe("# html · Peerloom");
});

test("a reload leads back into the room, with what was said and what was typed", async () => {
  const ada = await enter("Ada", "reload");
  const bob = await enter("Bob", "reload");
  await ada.say("before");
  await bob.sees("before");
  await ada.page.getByRole("textbox").fill("half a li");

  await ada.page.reload();
  await ada.sees("before");
  await bob.say("welcome back");
  await ada.sees("welcome back");
  await ada.say("thanks");
  await bob.sees("thanks");

  expect(await ada.lines()).toEqual([
    { author: "You", text: "before", delivery: "sent" },
    { author: "Bob", text: "welcome back", delivery: undefined },
    { author: "You", text: "thanks", delivery: "sent" },
  ]);
  expect(await bob.saidBy("Ada")).toEqual(["before", "thanks"]);
});

test("a line typed and not sent is there after a reload", async () => {
  const ada = await enter("Ada", "draft");
  await ada.page.getByRole("textbox").fill("half a li");

  await ada.page.reload();
  await ada.log.waitFor();

  expect(await ada.page.getByRole("textbox").inputValue()).toBe("half a li");
});

test("the relay's helper talks with whoever is alone", async () => {
  const ada = await enter("Ada", "alone");
  await ada.page.getByText("Nobody else is here yet.").waitFor();
  await ada.picture("alone");

  await ada.page.getByRole("button", { name: "talk to Loom" }).click();
  await ada.say("Is there anybody?");
  await ada.log.getByRole("article", { name: "Loom" }).waitFor();

  expect(await ada.lines()).toEqual([
    { author: "You", text: "Is there anybody?", delivery: "delivered" },
    { author: "Loom", text: "Is there anybody?", delivery: undefined },
  ]);
});

test("the link in the address leads others to the room", async () => {
  const ada = await open("");
  await ada.page.getByLabel("Room").fill("Café & tea");
  await ada.join("Ada");
  const bob = await open("");
  await bob.page.goto(ada.page.url());
  await bob.join("Bob");

  await ada.talk("Bob").waitFor();
  expect(new URL(bob.page.url()).hash).toBe("#caf%C3%A9-%26-tea");
});

test("the page can be used with the keyboard alone", async () => {
  const ada = await open("keys");
  const bob = await enter("Bob", "keys");
  const { keyboard } = ada.page;

  await ada.page.locator("#name:focus").waitFor();
  await keyboard.type("Ada");
  await keyboard.press("Enter");
  await ada.log.waitFor();
  await ada.talk("Bob").focus();
  await keyboard.press("Enter");
  await keyboard.type("first");
  await keyboard.press("Shift+Enter");
  await keyboard.type("second");
  await keyboard.press("Enter");
  await bob.talk("Ada 1 unread").click();

  await expect.poll(() => bob.saidBy("Ada")).toEqual(["first\nsecond"]);
});
