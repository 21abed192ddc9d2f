/** How a text looks. */
export type Look = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";

const codes: Readonly<Record<Look, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

export type Paint = (look: Look, text: string) => string;

export const inColour: Paint = (look, text) => `\u001b[${codes[look][0]}m${text}\u001b[${codes[look][1]}m`;
export const plainly: Paint = (_, text) => text;

/** Colours are for terminals whose user has not said no to them (https://no-color.org). */
export function choosePaint(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  return isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb" ? inColour : plainly;
}

const looks: readonly Look[] = ["green", "yellow", "blue", "magenta", "cyan"];

/** The same look for the same id, always. */
export function lookOf(id: string): Look {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return looks[sum % looks.length] ?? "cyan";
}
