import { expect, test } from "vitest";
import { isEmojiOnly, toParts } from "../src/model/rich.ts";

const shown = (line: string): string[] =>
  toParts(line).map((part) =>
    part.kind === "text" ? part.text : part.kind === "link" ? `link(${part.text})` : `${part.kind}(${part.text})`,
  );

test.each([
  ["hello", ["hello"]],
  ["see https://example.org.", ["see ", "link(https://example.org)", "."]],
  ["(https://example.org/a_(b))", ["(", "link(https://example.org/a_(b))", ")"]],
  ["http://a.b/c?d=e&f#g, http://h", ["link(http://a.b/c?d=e&f#g)", ", ", "link(http://h)"]],
  ["a `b` c", ["a ", "code(b)", " c"]],
  ["``", ["``"]],
  ["```\nlet a;\n```", ["block(let a;)"]],
  ["before\n```js\na\nb\n```\nafter", ["before", "block(a\nb)", "after"]],
  ["`https://example.org`", ["code(https://example.org)"]],
  ["https://", ["https://"]],
  ["javascript:alert(1)", ["javascript:alert(1)"]],
  ['<img src=x onerror="alert(1)">', ['<img src=x onerror="alert(1)">']],
  ['https://a.b/"onclick="x', ["link(https://a.b/)", '"onclick="x']],
])("%j is shown in parts", (line, parts) => {
  expect(shown(line)).toEqual(parts);
});

test("only http and https can be followed", () => {
  const links = toParts("https://a.b data:text/html,x file:///etc http://c.d").filter((part) => part.kind === "link");

  expect(links.map(({ href }) => href)).toEqual(["https://a.b/", "http://c.d/"]);
});

test("a long line of marks is read in no time", () => {
  const start = performance.now();
  toParts("`".repeat(4000));
  toParts("https://".repeat(500));
  toParts(`https://a${")".repeat(3990)}`);

  expect(performance.now() - start).toBeLessThan(500);
});

test.each([
  ["👍", true],
  ["🎉 🎉 🎉", true],
  ["👍👍👍👍", false],
  ["ok 👍", false],
  ["", false],
  ["1", false],
])("%j is large: %j", (line, isLarge) => {
  expect(isEmojiOnly(line)).toBe(isLarge);
});
