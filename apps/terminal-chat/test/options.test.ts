import { expect, test } from "vitest";
import { parseOptions, usage } from "../src/options.ts";

const terminal = { env: {}, isTerminal: true };
const pipe = { env: {}, isTerminal: false };

test.each([
  [[], terminal, { mode: "talk", url: "http://127.0.0.1:8080", room: "lobby", isNameFixed: false, isDirect: true }],
  [[], pipe, { mode: "pipe" }],
  [["--talk"], pipe, { mode: "talk" }],
  [["--watch"], pipe, { mode: "watch" }],
  [["--bot", "roller"], pipe, { mode: "bot", bot: "roller", name: "bot" }],
  [["--to", "bob"], terminal, { mode: "pipe", to: "bob" }],
  [["--name", " Ada  Lovelace ", "--room", "#Tea Room"], pipe, { name: "Ada Lovelace", room: "tea-room", isNameFixed: true }],
  [["--relay"], pipe, { isDirect: false }],
  [
    [],
    { ...pipe, env: { PEERLOOM_URL: "https://x.example", PEERLOOM_NAME: "Eve" } },
    { url: "https://x.example", name: "Eve", isNameFixed: true },
  ],
])("%j with %j means %j", (args, surroundings, settings) => {
  expect(parseOptions(args, surroundings)).toMatchObject(settings);
});

test.each([
  [["--url", "nowhere"], '--url must be a URL like http://127.0.0.1:8080, not "nowhere"'],
  [["--url", "file:///x"], '--url must be a URL like http://127.0.0.1:8080, not "file:///x"'],
  [["--name", " "], '--name " ": Please say what others shall call you.'],
  [["--room", "#"], '--room must have a letter in it, not "#"'],
  [["--bot", "constructor"], '--bot must be one of greeter, echo, roller, not "constructor"'],
  [["--watch", "--bot", "echo"], "--watch and --bot do not go together"],
  [["--nome", "x"], "Unknown option '--nome'; there are --url, --name, --room, --to, --watch, --talk, --bot, --relay, --help"],
])("%j is refused in one line", (args, says) => {
  expect(() => parseOptions(args, pipe)).toThrow(new TypeError(says));
});

test("--help asks for the usage, which fits a terminal", () => {
  expect(parseOptions(["--help"], pipe)).toBe("help");
  for (const line of usage.split("\n")) expect(line.length).toBeLessThan(90);
});
