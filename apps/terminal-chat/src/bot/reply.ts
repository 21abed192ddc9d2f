import { idOfName, maxTextLength } from "@peerloom/app-chat-wire";
import { PeerloomError } from "@peerloom/client";
import type { Bot } from "./kinds.ts";

/** What stands behind the bot's name in a line that is for it: `@bot hello` or `bot: hello`; undefined when it is for others. */
export function addressed(text: string, botName: string): string | undefined {
  const [, who = "", rest = ""] = /^\s*@?([^\s:,]+)[\s:,]+([\s\S]*)$/u.exec(text) ?? [];
  return idOfName(who) === idOfName(botName) ? rest.trim() : undefined;
}

/** The bot's answer, no longer than a line can be. What a bot refuses is its answer. */
export function replyOf(bot: Bot, text: string, name: string): string | undefined {
  try {
    return bot.answer(text, name)?.slice(0, maxTextLength);
  } catch (thrown) {
    if (PeerloomError.is(thrown)) return thrown.message;
    throw thrown;
  }
}
