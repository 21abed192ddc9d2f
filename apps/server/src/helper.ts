import { randomUUID } from "node:crypto";
import type { MessageContext, Port } from "@peerloom/core";

/** A line of the chat, as it comes from its page: unchecked. */
interface Line {
  readonly text?: unknown;
}

const name = "Loom";
const maxTextLength = 4000;

/**
 * Gives those who are alone somebody to talk to. A program of the relay's own, but any client could do the same: `echo` and `time`
 * answer requests, `helper` says who is there, and `whisper` is a private line of the chat, answered by another.
 */
export function provideHelper(port: Port, now: () => Date = () => new Date()): void {
  port.onAny("echo", (...args: unknown[]) => args.slice(0, -1));
  port.onAny("time", () => now().toISOString());
  port.onAny("helper", () => ({ name, about: "tells the time, echoes" }));
  port.onAny("whisper", (line: Line | null, { from }: MessageContext) => {
    const text = typeof line?.text === "string" ? line.text : "";
    port.remote(from).emit("whisper", { id: randomUUID(), name, text: reply(text, now()), time: now().getTime() });
  });
}

/** What the helper answers to a line. */
export function reply(text: string, now: Date): string {
  const words = text.toLowerCase();
  if (/\btime\b|\bclock\b/u.test(words)) return `Here it is ${now.toISOString().slice(11, 19)} UTC.`;
  if (/^\s*(hello|hi|hey|good (morning|day|evening))\b/u.test(words))
    return "Hello! I live in the relay. Ask me for the time, or say something and I say it back.";
  if (/\bhelp\b|\bwho are you\b|^\s*\?+\s*$/u.test(words))
    return "I am a program in the relay. “time” tells the relay’s time; anything else comes back as it is.";
  return text.slice(0, maxTextLength);
}
