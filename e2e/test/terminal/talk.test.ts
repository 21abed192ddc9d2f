import { createRelay } from "@peerloom/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDemo, type Demo } from "../../support/demo.ts";
import { Terminal } from "../../support/terminal.ts";

let demo: Demo;

beforeAll(async () => {
  demo = await startDemo();
});
afterAll(async () => {
  await demo.kill();
});

const talk = (name: string, room: string, more: object = {}): Promise<Terminal> => Terminal.talk({ url: demo.url, name, room, ...more });

test("two terminals are connected directly, and talk in the room and alone", async () => {
  await using ada = await talk("Ada Lovelace", "tea");
  await using bob = await talk("Bob", "tea");
  await using eve = await talk("Eve", "tea", { args: ["--relay"] });
  await Promise.all([ada.sees("You and Bob are connected directly."), bob.sees("You and Ada Lovelace are connected directly.")]);

  ada.type("Hello Bob");
  await Promise.all([bob.sees("Ada Lovelace: Hello Bob"), eve.sees("Ada Lovelace: Hello Bob")]);
  bob.type('/msg "Ada Lovelace" psst');
  await ada.sees("(private) Bob: psst");
  ada.type("/who");
  await ada.sees(/Bob +here +direct\n/u);
  eve.type("/who");
  await eve.sees(/Bob +here +relay\n/u);

  expect(eve.output).not.toContain("psst");
  expect(eve.output).not.toContain("directly");
});

test("who comes late is told what was said, and who goes is told to have gone", async () => {
  await using ada = await talk("Ada", "late");
  ada.type("before");
  await ada.sees("Ada: before");
  await using bob = await talk("Bob", "late");
  await bob.sees("Ada: before");

  bob.type("/quit");

  expect(await bob.ended()).toBe(0);
  await ada.sees("Bob has left #late.");
});

test("services are called, and topics shown", async () => {
  await using ada = await talk("Ada", "services");

  ada.type("/services");
  await ada.sees("dice  1 provider");
  ada.type("/call counter raise 2");
  await ada.sees(/counter\.raise: \d+\n/u);
  ada.type("/call clock ticks 2");
  await ada.sees(/clock\.ticks: \S+Z\nclock\.ticks: \S+Z\n/u);
  ada.type("/call nothing at all");
  await ada.sees(/! [^\n]*nothing/u);
  ada.type("/subscribe load load");
  await ada.sees(/load\/load: [\d.]+ \{"cpu"/u);

  expect(ada.errors).toBe("");
});

test("what is written while the relay is down goes out when it is back", async () => {
  await using first = await startDemo();
  await using ada = await Terminal.talk({ url: first.url, name: "Ada", room: "down" });
  await using bob = await Terminal.talk({ url: first.url, name: "Bob", room: "down", args: ["--relay"] });
  await first.kill();
  await Promise.all([ada.sees("The connection is lost."), bob.sees("The connection is lost.")]);

  ada.type("still here");
  await using _second = await startDemo({ port: Number(new URL(first.url).port) });

  await Promise.all([ada.sees("Connected again."), bob.sees("Ada: still here")]);
  expect(bob.output.match(/still here/gu)).toHaveLength(1);
});

test("at a terminal there is a prompt, and colours unless they are unwanted", async () => {
  await using ada = await talk("Ada", "tty", { isTty: true });
  await using bob = await talk("Bob", "tty", { isTty: true, env: { NO_COLOR: "1" } });

  ada.type("Hello");
  await bob.sees("Ada: Hello");
  bob.type("/msg ada");
  await bob.sees("@Ada> ");
  ada.type("/quit");

  expect(await ada.ended()).toBe(0);
  const colour = "\u001b[2m· You are in #tty";
  expect([ada.output.includes(colour), bob.output.includes(colour)]).toEqual([true, false]);
  expect(ada.output).toContain("#tty> ");
});

test("Ctrl-C at a terminal leaves in good order", async () => {
  await using ada = await talk("Ada", "interrupt");
  await using bob = await talk("Bob", "interrupt", { isTty: true });

  bob.child.stdin.write("\u0003");

  expect(await bob.ended()).toBe(0);
  await ada.sees("Bob has left #interrupt.");
});

test("whoever is sent away by the operator is told why", async () => {
  await using relay = createRelay({ port: 0, warn: () => {} });
  const { url } = await relay.listen();
  await using ada = await Terminal.talk({ url, name: "Ada", room: "away" });

  relay.expel("ada", "closing time");

  expect(await ada.ended()).toBe(1);
  expect(ada.errors).toContain("closing time");
});

test("a bot greets, answers who speaks to it, and serves programs", async () => {
  await using ada = await talk("Ada", "bots");
  await using bot = Terminal.start({ url: demo.url, args: ["--bot", "roller", "--room", "bots", "--name", "Dicey"] });

  await ada.sees("Dicey: I roll dice");
  ada.type("@dicey 3d6 please");
  await ada.sees(/Dicey: 3d6: \d \+ \d \+ \d = \d+/u);
  ada.type("/msg dicey 1d20");
  await ada.sees(/\(private\) Dicey: 1d20: \d+/u);
  ada.type("/call roller roll 2d6");
  await ada.sees(/roller\.roll: \{"rolls":\[\d,\d\],"sum":\d+\}/u);
  bot.child.kill("SIGTERM");

  expect(await bot.ended()).toBe(0);
  await ada.sees("Dicey has left #bots.");
});
