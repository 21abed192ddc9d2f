import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { plainScreen, terminalScreen } from "../src/view/screen.ts";

/** What a terminal of 20 columns shows after all that was written to it, row by row: just the sequences that readline uses. */
function draw(written: string): string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  const parts = written.match(/\u001b\[(\d*)([A-Z])|\r|\n|[^\u001b\r\n]/gu) ?? [];
  const line = (): string[] => (rows[row] ??= []);
  for (const part of parts) {
    const [, count = "", action = ""] = /^\u001b\[(\d*)([A-Z])$/u.exec(part) ?? [];
    const by = Number(count || "1");
    if (part === "\r") column = 0;
    else if (part === "\n") [row, column] = [row + 1, 0];
    else if (action === "A") row = Math.max(0, row - by);
    else if (action === "B") row += by;
    else if (action === "C") column += by;
    else if (action === "D") column = Math.max(0, column - by);
    else if (action === "G") column = by - 1;
    else if (action === "J") [rows.length, line().length] = [row + 1, column];
    else if (action === "K") line().length = column;
    else if (action === "") {
      if (column >= 20) [row, column] = [row + 1, 0];
      line()[column++] = part;
    }
  }
  return rows.map((letters) =>
    Array.from(letters, (letter) => letter ?? " ")
      .join("")
      .trimEnd(),
  );
}

function start() {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { columns: 20, rows: 10, isTTY: true });
  let written = "";
  output.on("data", (chunk: Buffer) => (written += String(chunk)));
  const screen = terminalScreen({ input, output }, (line) => [[], line]);
  return { input, screen, shown: () => draw(written) };
}

test("what comes while somebody types goes above it, and what they typed stays", () => {
  const { input, screen, shown } = start();
  screen.setPrompt("#tea> ");

  input.write("half a li");
  screen.show("Bob: hello");
  screen.show("Bob: again");
  input.write("ne");

  expect(shown()).toEqual(["Bob: hello", "Bob: again", "#tea> half a line"]);
  screen.close();
});

test("a line that takes more than one row is no trouble", () => {
  const { input, screen, shown } = start();
  screen.setPrompt("#tea> ");

  input.write("one two three four five six seven");
  screen.show("Bob: hello");
  screen.setPrompt("[##--] #tea> ");
  screen.show("Bob: again");

  expect(shown()).toEqual(["Bob: hello", "Bob: again", "[##--] #tea> one two", " three four five six", " seven"]);
  screen.close();
});

test("a line that was said is shown once, as others see it; a command stays", async () => {
  const { input, screen, shown } = start();
  screen.setPrompt("#tea> ");
  const lines = screen.lines();

  input.write("one two three four five\r");
  await lines.next();
  screen.show("Ada: one two three");
  input.write("/who\r");
  await lines.next();
  screen.show("Bob is here");

  expect(shown()).toEqual(["Ada: one two three", "#tea> /who", "Bob is here", "#tea>"]);
  screen.close();
});

test("what is shown after the end stands on a line of its own", () => {
  const { input, screen, shown } = start();
  screen.setPrompt("#tea> ");
  input.write("half a li");

  screen.close();
  screen.close();
  screen.setPrompt("#coffee> ");
  screen.show("Not sent.");

  expect(shown().join("\n").trim()).toBe("Not sent.");
});

test("lines that come before anybody asks for them are kept", async () => {
  const input = new PassThrough();
  const screen = plainScreen({ input, output: new PassThrough() });

  input.end("one\ntwo\n");
  await new Promise((resolve) => input.once("end", resolve));
  const lines: string[] = [];
  for await (const line of screen.lines()) lines.push(line);

  expect(lines).toEqual(["one", "two"]);
});
