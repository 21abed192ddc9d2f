import { expect, test } from "vitest";
import { help, parseArgument, parseCommand, splitWords } from "../src/model/command.ts";
import { complete } from "../src/model/complete.ts";
import { startState, step } from "../src/model/step.ts";

test.each([
  ["hello", { type: "say", text: "hello" }],
  ["//usr/bin", { type: "say", text: "/usr/bin" }],
  ["/who", { type: "command", name: "who", words: [], rest: "" }],
  ["/msg bob how are you", { type: "command", name: "msg", words: ["bob", "how", "are", "you"], rest: "bob how are you" }],
  ["/toString", { type: "unknown", name: "toString" }],
  ["/", { type: "unknown", name: "" }],
])("%j is read as %j", (text, command) => {
  expect(parseCommand(text)).toEqual(command);
});

test.each([
  ["a  b", ["a", "b"]],
  ['"Ada Lovelace" hi', ["Ada Lovelace", "hi"]],
  ['x {"a": [1, 2]} 3', ["x", '{"a": [1, 2]}', "3"]],
  ['["a b", "c"]', ['["a b", "c"]']],
  ["", []],
  ['"open', ['"open']],
])("%j has the words %j", (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

test.each([
  ["6", 6],
  ["six", "six"],
  ['{"a":1}', { a: 1 }],
  ["true", true],
])("the argument %j is %j", (word, value) => {
  expect(parseArgument(word)).toEqual(value);
});

test("help has a line for each command", () => {
  expect(help().length).toBeGreaterThan(15);
  expect(help()).toContainEqual(expect.stringMatching(/^\/accept \[NUMBER\] \[FOLDER\]\s+fetches a file/u));
});

test.each([
  ["/s", [["/send ", "/services ", "/subscribe ", "/status "], "/s"]],
  ["/msg b", [["bob", "bobby"], "b"]],
  ["/msg Bo", [["bob", "bobby"], "Bo"]],
  ["/send a.txt c", [["cleo"], "c"]],
  ["hello b", [[], "hello b"]],
  ["/call d", [[], "/call d"]],
])("Tab behind %j offers %j", (line, choices) => {
  const members = ["Bob", "Bobby", "Cleo"].map((name) => ({ id: name.toLowerCase(), name, status: "here", presence: "here" }) as const);
  const [state] = step(startState("ada", "Ada", "tea"), { type: "joined", room: "tea", members });

  expect(complete(state, line)).toEqual(choices);
});
