import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { withChatGuests } from "../../support/chat-guests.ts";
import { Terminal } from "../../support/terminal.ts";

const guests = withChatGuests();
const folder = mkdtempSync(join(tmpdir(), "peerloom-together-"));
afterAll(() => rmSync(folder, { recursive: true }));

const talk = (name: string, room: string, ...args: string[]): Promise<Terminal> =>
  Terminal.talk({ url: guests.demo.url, name, room, args });
const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

function makeFile(name: string, megabytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, randomBytes(megabytes * 1_000_000));
  return path;
}

test("a terminal and a browser are connected directly, and talk in the room and alone", async () => {
  const ada = await guests.enter("Ada", "together");
  await using bob = await talk("Bob", "together");
  await bob.sees("You and Ada are connected directly.");

  await ada.say("Hello from a page");
  await bob.sees("Ada: Hello from a page");
  bob.type("Hello from a terminal");
  await ada.sees("Hello from a terminal");
  await ada.open("Bob");
  await ada.say("psst");
  await bob.sees("(private) Ada: psst");
  bob.type("/msg ada <b>yes?</b>");
  await ada.sees("<b>yes?</b>");
  bob.type("/who");
  await bob.sees(/Ada +here +direct\n/u);
  await ada.picture("with-a-terminal");

  expect(await ada.lines()).toEqual([
    { author: "You", text: "psst", delivery: "delivered" },
    { author: "Bob", text: "<b>yes?</b>", delivery: undefined },
  ]);
});

test("files cross both ways as they are", async () => {
  const ada = await guests.enter("Ada", "exchange");
  await using bob = await talk("Bob", "exchange");
  const [fromPage, fromTerminal] = [makeFile("page.bin", 3), makeFile("terminal.bin", 3)];

  await ada.attach(fromPage);
  await bob.sees("[page.bin, 3.0 MB]: /accept 1");
  bob.type(`/accept 1 ${join(folder, "got")}`);
  await bob.sees("page.bin from Ada is here:");
  bob.type(`/send ${fromTerminal}`);
  await ada.page.getByRole("button", { name: "Get terminal.bin" }).click();
  const saved = await ada.save("terminal.bin");
  await bob.sees("Ada has all of terminal.bin.");

  expect(sha256(join(folder, "got", "page.bin"))).toBe(sha256(fromPage));
  expect(sha256(saved)).toBe(sha256(fromTerminal));
});

test("each remembers for the other what was said before", async () => {
  const ada = await guests.enter("Ada", "memory");
  await ada.say("said to a page");

  await using bob = await talk("Bob", "memory");
  await bob.sees("Ada: said to a page");
  bob.type("said to a terminal");
  await ada.sees("said to a terminal");
  await ada.page.getByRole("button", { name: "Leave the room" }).click();
  await bob.sees("Ada has left #memory.");
  const cleo = await guests.enter("Cleo", "memory");

  await cleo.sees("said to a terminal");
  await cleo.sees("said to a page");
  expect(await cleo.saidBy("Bob")).toEqual(["said to a terminal"]);
});

test("a name is taken by whoever has it, at a page or in a terminal", async () => {
  await using _bob = await talk("Bob", "names");
  const page = await guests.open("names");

  await page.page.getByLabel("Your name").fill("bob");
  await page.page.getByRole("button", { name: "Join" }).click();
  await page.page.getByRole("alert").getByText("taken").waitFor();
  await page.join("Ada");
  await using second = Terminal.start({ url: guests.demo.url, args: ["--name", "ADA", "--room", "names"], input: "hi" });

  expect(await second.ended()).toBe(1);
  expect(second.errors).toBe("peerloom-chat: this name is taken; choose another with --name\n");
});

test("what is said in a pipe, and by a bot, is read on a page", async () => {
  const ada = await guests.enter("Ada", "programs");
  await using pipe = Terminal.start({ url: guests.demo.url, args: ["--name", "Build", "--room", "programs"], input: "all green\n" });
  await using bot = Terminal.start({ url: guests.demo.url, args: ["--bot", "greeter", "--name", "Greta", "--room", "programs"] });
  await ada.sees("all green");
  await bot.sees("Greta is in #programs");

  await ada.say("@greta hello");
  await ada.sees("Hello, Ada!");

  expect(await pipe.ended()).toBe(0);
});
