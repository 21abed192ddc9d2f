import { connect } from "@peerloom/client";
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

const run = async (args: readonly string[], input = "", url: string = demo.url) => {
  await using terminal = Terminal.start({ url, args, input });
  const code = await terminal.ended();
  return { code, stdout: terminal.output, stderr: terminal.errors };
};

test("each line of a pipe is said in the room, and the program ends with 0", async () => {
  await using reader = await connect(demo.url, { clientId: "reader" });
  const room = await reader.join("pipe");
  const said: string[] = [];
  room.on("line", (line: { readonly text: string; readonly name: string }) => said.push(`${line.name}: ${line.text}`));
  const left = new Promise((resolve) => room.on("member:leave", resolve));

  const ending = await run(["--room", "pipe", "--name", "Ada"], "hi\n\nsecond line\nwithout an end");
  await left;

  expect(ending).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(said).toEqual(["Ada: hi", "Ada: second line", "Ada: without an end"]);
});

test("many lines, and long ones, all arrive in order", async () => {
  const lines = Array.from({ length: 3000 }, (_, number) => `line ${number}`);
  await using reader = await connect(demo.url, { clientId: "reader" });
  const room = await reader.join("many");
  const said: string[] = [];
  room.on("line", (line: { readonly text: string }) => said.push(line.text));
  const left = new Promise((resolve) => room.on("member:leave", resolve));

  const { code } = await run(["--room", "many", "--name", "Ada"], [...lines, "x".repeat(9000)].join("\n"));
  await left;

  expect(code).toBe(0);
  expect(said.slice(0, 3000)).toEqual(lines);
  expect(said.slice(3000).join("")).toBe("x".repeat(9000));
});

test("--to says it to one person, who has it when the program ends", async () => {
  await using bob = await connect(demo.url, { clientId: "bob" });
  const heard: unknown[] = [];
  bob.onAny("whisper", (line: { readonly text: string }, { from }: { readonly from: string }) => void heard.push([from, line.text]));

  const ending = await run(["--to", "Bob", "--name", "Ada"], "psst\n");

  expect([ending.code, heard]).toEqual([0, [["ada", "psst"]]]);
});

test("--watch prints what is said until it is ended", async () => {
  await using watcher = Terminal.start({ url: demo.url, args: ["--watch", "--room", "watched", "--name", "Eve"] });
  await watcher.sees("You are in #watched");

  await run(["--room", "watched", "--name", "Ada"], "hello \u001b[31mred\n");
  await watcher.sees("Ada: hello [31mred");
  watcher.child.kill("SIGTERM");

  expect(await watcher.ended()).toBe(0);
});

test("a name that is taken ends in one clear line, unless it was not asked for", async () => {
  await using _ada = await connect(demo.url, { clientId: "ada" });
  await using _bot = await connect(demo.url, { clientId: "bot" });

  expect(await run(["--name", "Ada"], "hi\n")).toEqual({
    code: 1,
    stdout: "",
    stderr: "peerloom-chat: this name is taken; choose another with --name\n",
  });
  await using bot = Terminal.start({ url: demo.url, args: ["--bot", "echo", "--room", "names"] });
  await bot.sees("bot-2 is in #names and offers the service echo.");
});

test.each([
  [
    "a relay that is not there",
    [],
    "http://127.0.0.1:9",
    /^peerloom-chat: the relay at http:\/\/127\.0\.0\.1:9\S* could not be reached within \d+ ms: [^\n]+\n$/u,
  ],
  ["an unknown option", ["--rom", "x"], undefined, /^peerloom-chat: Unknown option '--rom'; there are --url, [^\n]+\n$/u],
  ["a person who is not there", ["--to", "nobody"], undefined, /^peerloom-chat: [^\n]*nobody[^\n]*\n$/u],
] as const)("%s ends in one clear line", async (_, args, url, says) => {
  const { code, stdout, stderr } = await run(args, "hi\n", url);

  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(says);
});

test("--help tells how it is used", async () => {
  const { code, stdout } = await run(["--help"]);

  expect(code).toBe(0);
  expect(stdout).toContain("echo hi | peerloom-chat --room tea");
});
