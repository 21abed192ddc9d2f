import { userInfo } from "node:os";
import { parseArgs } from "node:util";
import { cleanName, cleanRoom, problemOfName } from "@peerloom/app-chat-wire";
import { botKinds, type BotKind } from "./bot/kinds.ts";

type Mode = "talk" | "pipe" | "watch" | "bot";

export interface ChatSettings {
  readonly mode: Mode;
  readonly url: string;
  readonly name: string;
  /** It was asked for by name: another is no choice. */
  readonly isNameFixed: boolean;
  readonly room: string;
  /** In a pipe: goes to this person alone. */
  readonly to: string | undefined;
  readonly bot: BotKind;
  /** Whether to connect directly where that works. */
  readonly isDirect: boolean;
}

export const usage: string = `peerloom-chat [options]
  --url URL      the relay (PEERLOOM_URL, http://127.0.0.1:8080)
  --name NAME    what others call you (PEERLOOM_NAME, your user name)
  --room ROOM    where you go (lobby)
  --to PERSON    in a pipe: says it to one person only
  --watch        prints what is said and says nothing
  --talk         takes commands though the input is no terminal
  --bot KIND     offers a service and answers: ${Object.keys(botKinds).join(", ")}
  --relay        talks by the relay only, never directly
  --help         this text
In a pipe each line of the input is said; the exit code is 0 when all has arrived:
  echo hi | peerloom-chat --room tea
At a terminal, /help tells the commands. NO_COLOR takes the colours away.`;

const flags = {
  url: { type: "string" },
  name: { type: "string" },
  room: { type: "string" },
  to: { type: "string" },
  watch: { type: "boolean" },
  talk: { type: "boolean" },
  bot: { type: "string" },
  relay: { type: "boolean" },
  help: { type: "boolean" },
} as const;

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
}

/** @throws TypeError saying in one line which option is wrong. */
export function parseOptions(args: readonly string[], { env, isTerminal }: Surroundings): ChatSettings | "help" {
  const given = parseFlags(args);
  if (given.help === true) return "help";
  const modes = (["watch", "talk", "bot", "to"] as const).filter((flag) => given[flag] !== undefined);
  if (modes.length > 1) throw new TypeError(`--${modes.join(" and --")} do not go together`);
  const [mode] = modes;
  const fixedName = given.name ?? (env["PEERLOOM_NAME"] || undefined);
  return {
    mode: mode === "to" ? "pipe" : (mode ?? (isTerminal ? "talk" : "pipe")),
    url: parseUrl(given.url ?? (env["PEERLOOM_URL"] || "http://127.0.0.1:8080")),
    name: parseName(fixedName ?? (mode === "bot" ? "bot" : ownName())),
    isNameFixed: fixedName !== undefined,
    room: parseRoom(given.room ?? "lobby"),
    to: given.to,
    bot: parseBot(given.bot ?? "greeter"),
    isDirect: given.relay !== true,
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: args.filter((arg) => arg !== "--"), options: flags }).values;
  } catch (thrown) {
    // Node adds advice that does not fit here.
    const [reason] = (thrown as Error).message.split(/\. |\n/u);
    const names = Object.keys(flags).map((name) => `--${name}`);
    throw new TypeError(`${reason}; there are ${names.join(", ")}`, { cause: thrown });
  }
}

function parseUrl(text: string): string {
  if (URL.canParse(text) && /^(https?|wss?):$/u.test(new URL(text).protocol)) return text;
  throw new TypeError(`--url must be a URL like http://127.0.0.1:8080, not ${JSON.stringify(text)}`);
}

function parseName(text: string): string {
  const problem = problemOfName(text);
  if (problem === undefined) return cleanName(text);
  throw new TypeError(`--name ${JSON.stringify(text)}: ${problem}`);
}

function parseRoom(text: string): string {
  const room = cleanRoom(text);
  if (room !== "") return room;
  throw new TypeError(`--room must have a letter in it, not ${JSON.stringify(text)}`);
}

function parseBot(text: string): BotKind {
  if (Object.hasOwn(botKinds, text)) return text as BotKind;
  throw new TypeError(`--bot must be one of ${Object.keys(botKinds).join(", ")}, not ${JSON.stringify(text)}`);
}

function ownName(): string {
  const { username } = userInfo();
  return problemOfName(username) === undefined ? username : "terminal";
}
