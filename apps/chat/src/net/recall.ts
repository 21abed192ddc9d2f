import { CHAT, parseHistoryPage, type HistoryPage, type HistoryRequest } from "@peerloom/app-chat-wire";
import type { Session } from "./session.ts";

const timeoutMs = 4000;
/** Members asked in turn until one answers. */
const maxAsked = 3;

/** Asks members of the room what they remember. Empty when nobody does. Never rejects. */
export async function askForHistory(
  { client, room, signal }: Session,
  request: Omit<HistoryRequest, "room">,
  now: number,
): Promise<HistoryPage> {
  const here = [...room.members.values()].filter(({ state }) => state === "here").map(({ id }) => id);
  for (const id of shuffle(here).slice(0, maxAsked)) {
    try {
      const page = parseHistoryPage(
        await client
          .remote(id)
          .with({ timeoutMs, signal })
          .emitWithAck(CHAT.history, { room: room.name, ...request }),
        now,
      );
      if (page !== undefined && page.lines.length > 0) return page;
    } catch {
      // Gone, or a program that remembers nothing: another one may.
    }
  }
  return { lines: [], hasMore: false };
}

/** So that not everybody asks the same member. */
function shuffle(ids: readonly string[]): string[] {
  return ids
    .map((id) => [Math.random(), id] as const)
    .toSorted(([one], [other]) => one - other)
    .map(([, id]) => id);
}
