import { randomUUID } from "node:crypto";
import { nameOfMember } from "@peerloom/app-chat-wire";
import type { Input, Place } from "../model/state.ts";
import { messageOf, type Chat } from "../net/chat.ts";
import { openChat } from "../open-chat.ts";
import type { ChatSettings } from "../options.ts";
import { clean } from "../view/clean.ts";
import { botKinds } from "./kinds.ts";
import { addressed, replyOf } from "./reply.ts";

export interface BotOptions {
  readonly print: (text: string) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Offers a service and answers in the room until it is told to end. @throws PeerloomError like `connect`, `join` and `provide`. */
export async function runBot(settings: ChatSettings, { print, signal }: BotOptions): Promise<void> {
  const bot = botKinds[settings.bot];
  let own: { readonly chat: Chat; readonly name: string } | undefined;
  const say = (place: Place, text: string): void => {
    if (own !== undefined) own.chat.say(place, { id: randomUUID(), text, time: Date.now(), name: own.name });
  };
  const tell = (input: Input): void => {
    if (input.type === "problem") return print(`! ${clean(input.text)}`);
    if (input.type !== "heard" || own === undefined) return;
    const { place, from, line } = input;
    const text = place.kind === "person" ? line.text : addressed(line.text, own.name);
    const answer = text === undefined ? undefined : replyOf(bot, text, nameOfMember(from, line));
    if (answer === undefined || answer === "") return;
    print(`${clean(from)}: ${clean(line.text)} → ${clean(answer)}`);
    say(place, answer);
  };
  const { chat, name } = (own = await openChat(settings, tell));
  const over = new Promise<void>((resolve, reject) => {
    chat.client.on("closed", ({ error }) => (error === undefined ? resolve() : reject(new Error(messageOf(error)))));
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  try {
    await chat.client.provide(bot.service, bot.methods).ready;
    await chat.join(settings.room);
    say({ kind: "room", room: settings.room }, `${bot.hello} Programs call the service “${bot.service}”.`);
    print(`${name} is in #${settings.room} and offers the service ${bot.service}.`);
    await over;
  } finally {
    await chat.close();
  }
}
