#!/usr/bin/env node
import { PeerloomError } from "@peerloom/client";
import { runBot } from "./bot/run.ts";
import { messageOf } from "./net/chat.ts";
import { parseOptions, usage, type ChatSettings } from "./options.ts";
import { runPipe } from "./pipe.ts";
import { runTalk } from "./talk.ts";
import { choosePaint } from "./view/paint.ts";
import { plainScreen, terminalScreen } from "./view/screen.ts";
import { runWatch } from "./watch.ts";

const { stdin: input, stdout: output, env } = process;
const isTerminal = input.isTTY && output.isTTY;

async function main(): Promise<void> {
  const settings = parseOptions(process.argv.slice(2), { env, isTerminal: input.isTTY });
  if (settings === "help") return console.log(usage);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const print = (text: string): void => console.log(text);
  const paint = choosePaint(output.isTTY, env);
  switch (settings.mode) {
    case "pipe":
      return runPipe(settings, input);
    case "watch":
      return runWatch(settings, { print, paint, signal: stop.signal });
    case "bot":
      return runBot(settings, { print, signal: stop.signal });
    case "talk":
      return talk(settings, stop.signal);
  }
}

function talk(settings: ChatSettings, signal: AbortSignal): Promise<void> {
  const streams = { input, output };
  return runTalk(settings, {
    paint: choosePaint(output.isTTY, env),
    signal,
    makeScreen: (complete) => (isTerminal ? terminalScreen(streams, complete) : plainScreen(streams)),
  });
}

main().then(
  // A stream or timer of somebody's may be left; what was to be said is said.
  () => process.exit(process.exitCode ?? 0),
  (thrown: unknown) => {
    console.error(`peerloom-chat: ${inWords(thrown)}`);
    process.exit(1);
  },
);

/** Whoever starts this needs to know what to change; a stack would hide it. */
function inWords(thrown: unknown): string {
  if (PeerloomError.is(thrown, "CLIENT_ID_TAKEN")) return "this name is taken; choose another with --name";
  return messageOf(thrown);
}
