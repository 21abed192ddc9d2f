import { commands } from "./command.ts";
import type { State } from "./state.ts";

/** What the Tab key may put in place of the end of a line: commands, and people where one is meant. @returns the choices, and what they replace. */
export function complete({ people }: State, line: string): [string[], string] {
  const person = /^\/(?:msg|send \S+)\s+(\S*)$/u.exec(line)?.[1];
  if (person !== undefined) {
    const ids = [...people.values()].filter(({ presence }) => presence !== "gone").map(({ id }) => id);
    return [ids.filter((id) => id.startsWith(person.toLowerCase())), person];
  }
  if (!/^\/\S*$/u.test(line)) return [[], line];
  const names = Object.keys(commands).map((name) => `/${name} `);
  return [names.filter((name) => name.startsWith(line)), line];
}
