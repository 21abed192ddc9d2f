import { inBytes } from "@peerloom/app-chat-wire";
import type { Shown } from "../model/shown.ts";
import { clean } from "./clean.ts";
import { lookOf, type Paint } from "./paint.ts";

export interface RenderOptions {
  readonly paint: Paint;
  /** Name the room of each line: there is more than one. */
  readonly isRoomNamed: boolean;
}

/** How something looks on a terminal; one line or more, without the last line break. Everything that others chose is cleaned here. */
export function render(shown: Shown, options: RenderOptions): string {
  const { paint } = options;
  switch (shown.kind) {
    case "line":
      return renderLine(shown, options);
    case "note":
      return paint("dim", `· ${clean(shown.text)}`);
    case "problem":
      return paint("red", `! ${clean(shown.text)}`);
    case "text":
      return shown.lines.map((line) => clean(line)).join("\n");
    case "people":
      return renderPeople(shown, paint);
  }
}

function renderLine(line: Extract<Shown, { kind: "line" }>, { paint, isRoomNamed }: RenderOptions): string {
  const { where, from, name, quote, file, time } = line;
  const clock = paint("dim", new Date(time).toTimeString().slice(0, 5));
  const room = where.room === undefined ? paint("bold", "(private) ") : isRoomNamed ? paint("dim", `#${clean(where.room)} `) : "";
  const to = where.to === undefined ? "" : ` → ${clean(where.to)}`;
  const who = paint(line.isMine ? "bold" : lookOf(from), `${clean(name)}${to}:`);
  const head = `${clock} ${room}${who} `;
  const indent = "      ";
  const body: string[] = [];
  if (quote !== undefined) body.push(paint("dim", `> ${clean(quote.name)}: ${clean(quote.text)}`));
  if (line.text !== "") body.push(...clean(line.text, true).split("\n"));
  if (file !== undefined) body.push(renderFile(file, paint));
  const text = body.map((part, index) => (index === 0 ? head + part : indent + part)).join("\n");
  return line.isRemembered ? paint("dim", text) : text;
}

function renderFile(
  { name, size, number }: { readonly name: string; readonly size: number; readonly number: number | undefined },
  paint: Paint,
): string {
  const hint = number === undefined ? "" : `: /accept ${number}`;
  return `${paint("bold", `[${clean(name)}, ${inBytes(size)}]`)}${hint}`;
}

function renderPeople({ people }: Extract<Shown, { kind: "people" }>, paint: Paint): string {
  if (people.length === 0) return paint("dim", "· Nobody else is here.");
  const width = Math.max(...people.map(({ name }) => clean(name).length));
  return people
    .map(({ id, name, status, path }) => {
      const shown = clean(name);
      return `${paint(lookOf(id), shown)}${" ".repeat(width - shown.length)}  ${status.padEnd(4)}  ${path}`;
    })
    .join("\n");
}
