/** What somebody typed. */
export type Command =
  | { readonly type: "say"; readonly text: string }
  | { readonly type: "command"; readonly name: CommandName; readonly words: readonly string[]; readonly rest: string }
  | { readonly type: "unknown"; readonly name: string };

export type CommandName =
  | "help"
  | "who"
  | "msg"
  | "room"
  | "join"
  | "leave"
  | "rooms"
  | "send"
  | "files"
  | "accept"
  | "cancel"
  | "services"
  | "call"
  | "subscribe"
  | "unsubscribe"
  | "status"
  | "quit";

/** How each command is used, and what it does; `/help` tells them. */
export const commands: Readonly<Record<CommandName, readonly [usage: string, what: string]>> = {
  help: ["", "this list"],
  who: ["", "who is here, and by which path"],
  msg: ["PERSON [TEXT]", "says something to one person; without a text, all that follows"],
  room: ["[ROOM]", "goes back to a room"],
  join: ["ROOM", "enters one more room"],
  leave: ["[ROOM]", "leaves a room"],
  rooms: ["", "the rooms you are in"],
  send: ["FILE [PERSON]", "offers a file to the room, or to one person"],
  files: ["", "files that were offered"],
  accept: ["[NUMBER] [FOLDER]", "fetches a file, or goes on with it"],
  cancel: ["NUMBER", "stops fetching; what came is kept"],
  services: ["", "the services that there are"],
  call: ["SERVICE METHOD [ARGUMENTS]", "calls a service; arguments are JSON, or plain words"],
  subscribe: ["SERVICE TOPIC", "shows what a topic publishes"],
  unsubscribe: ["SERVICE TOPIC", "shows it no more"],
  status: ["here|busy|away", "what others see of you"],
  quit: ["", "leaves"],
};

/** Reads a line that was typed: a command begins with `/`, and `//` is a line that does. */
export function parseCommand(text: string): Command {
  if (!text.startsWith("/") || text.startsWith("//")) return { type: "say", text: text.replace(/^\/\//u, "/") };
  const [, name = "", rest = ""] = /^\/(\S*)\s*([\s\S]*)$/u.exec(text) ?? [];
  if (!Object.hasOwn(commands, name)) return { type: "unknown", name };
  return { type: "command", name: name as CommandName, words: splitWords(rest), rest };
}

/** Words; those in double quotes may have spaces in them. JSON stays together: `{"a": 1}` is one word. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = "";
  let depth = 0;
  let isQuoted = false;
  let isStarted = false;
  for (const [index, letter] of Array.from(text).entries()) {
    const isEscaped = isQuoted && text[index - 1] === "\\";
    if (letter === '"' && !isEscaped) isQuoted = !isQuoted;
    else if (!isQuoted && (letter === "{" || letter === "[")) depth += 1;
    else if (!isQuoted && (letter === "}" || letter === "]")) depth -= 1;
    if (/\s/u.test(letter) && !isQuoted && depth <= 0) {
      if (isStarted) words.push(unquote(word));
      [word, isStarted, depth] = ["", false, 0];
      continue;
    }
    word += letter;
    isStarted = true;
  }
  if (isStarted) words.push(unquote(word));
  return words;
}

/** Quotes around a word keep it together and are no part of it; in JSON they stay. */
function unquote(word: string): string {
  return /^"[^"]*"$/u.test(word) ? word.slice(1, -1) : word;
}

/** An argument of a call: JSON where it is some, else the word itself. */
export function parseArgument(word: string): unknown {
  try {
    return JSON.parse(word) as unknown;
  } catch {
    return word;
  }
}

/** What `/help` shows. */
export function help(): string[] {
  const rows = Object.entries(commands).map(([name, [usage, what]]) => [`/${name} ${usage}`.trim(), what] as const);
  const width = Math.max(...rows.map(([usage]) => usage.length));
  return [
    ...rows.map(([usage, what]) => `${usage.padEnd(width)}  ${what}`),
    "All else is said where the prompt stands. // begins a line with a slash.",
  ];
}
