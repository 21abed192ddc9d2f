import { clearScreenDown, createInterface, cursorTo, moveCursor, type CompleterResult, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** Where people read and write. */
export interface Screen {
  /** Shows a text above what is being typed. */
  show(text: string): void;
  setPrompt(prompt: string): void;
  /** Lines that are typed, until the input ends. */
  lines(): AsyncIterableIterator<string>;
  close(): void;
}

export interface Streams {
  readonly input: Readable;
  readonly output: Writable;
}

/** A terminal: what comes while somebody types goes above it, and what they typed stays as it is. `complete` is asked for the Tab key. */
export function terminalScreen({ input, output }: Streams, complete: (line: string) => CompleterResult): Screen {
  const reader = createInterface({ input, output, terminal: true, completer: complete, historySize: 200 });
  // From now on: what is typed before somebody asks for it is kept.
  const lines = reader[Symbol.asyncIterator]();
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    clearTyped(reader, output);
    reader.close();
  };
  reader.once("close", () => (isClosed = true));
  reader.on("SIGINT", close);
  reader.on("line", (text) => {
    if (!text.startsWith("/")) eraseEntered(reader, output, text);
  });
  return {
    show: (text) => {
      if (!isClosed) clearTyped(reader, output);
      output.write(`${text}\n`);
      if (!isClosed) reader.prompt(true);
    },
    setPrompt: (prompt) => {
      if (isClosed || reader.getPrompt() === prompt) return;
      clearTyped(reader, output);
      reader.setPrompt(prompt);
      reader.prompt(true);
    },
    lines: () => lines,
    close,
  };
}

/** Lines in, lines out: for programs, and for terminals that can do no more. */
export function plainScreen({ input, output }: Streams): Screen {
  const reader = createInterface({ input, terminal: false });
  const lines = reader[Symbol.asyncIterator]();
  return {
    show: (text) => output.write(`${text}\n`),
    setPrompt: () => {},
    lines: () => lines,
    close: () => reader.close(),
  };
}

/** Takes away a line that was just entered: it is shown again, as others see it. */
function eraseEntered(reader: Interface, output: Writable, text: string): void {
  // Readline knows how many rows a text takes, but only of the one that is being typed.
  Reflect.set(reader, "line", text);
  Reflect.set(reader, "cursor", text.length);
  const { rows } = reader.getCursorPos();
  Reflect.set(reader, "line", "");
  Reflect.set(reader, "cursor", 0);
  moveCursor(output, 0, -rows - 1);
  cursorTo(output, 0);
  clearScreenDown(output);
}

/** Clears the prompt and all that is typed behind it, however many rows that takes, and leaves the cursor where it began. */
function clearTyped(reader: Interface, output: Writable): void {
  moveCursor(output, 0, -reader.getCursorPos().rows);
  cursorTo(output, 0);
  clearScreenDown(output);
  // The next prompt begins on this row: readline would go up as many rows as the last one took.
  Reflect.set(reader, "prevRows", 0);
}
