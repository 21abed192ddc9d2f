import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { CHAT, idOfName, maxTextLength, type WireLine } from "@peerloom/app-chat-wire";
import { openChat } from "./open-chat.ts";
import type { ChatSettings } from "./options.ts";

/** Says each line of the input and resolves when all has arrived. @throws Error in one line when something did not. */
export async function runPipe(settings: ChatSettings, input: Readable): Promise<void> {
  const problems: string[] = [];
  const { chat, name } = await openChat(settings, (told) => {
    if (told.type === "problem") problems.push(told.text);
  });
  try {
    const say = await speaker();
    for await (const text of createInterface({ input })) {
      for (const part of parts(text)) await say({ id: randomUUID(), text: part, time: Date.now(), name });
    }
    await chat.flushed();
  } finally {
    await chat.close();
  }
  if (problems[0] !== undefined) throw new Error(problems[0]);

  /** Waits for as long as what was said before has no room. */
  async function speaker(): Promise<(line: WireLine) => Promise<unknown>> {
    const { client } = chat;
    if (settings.to !== undefined) {
      const person = client.remote(idOfName(settings.to));
      return (line) => person.emitWithAck(CHAT.whisper, { ...line });
    }
    const room = await client.join(settings.room, { metadata: { name } });
    return async (line) => {
      if (!room.emit(CHAT.line, { ...line })) await room.drained();
    };
  }
}

/** A line in parts that can be said; an empty one has none. */
function parts(text: string): string[] {
  if (text.trim() === "") return [];
  const letters = Array.from(text);
  const size = maxTextLength / 2;
  return Array.from({ length: Math.ceil(letters.length / size) }, (_, index) => letters.slice(index * size, (index + 1) * size).join(""));
}
