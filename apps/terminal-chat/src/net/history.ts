import { CHAT, parseHistoryPage, type HistoryRequest, type RememberedLine } from "@peerloom/app-chat-wire";
import type { Client, Room } from "@peerloom/client";

/** Members that are asked, one after the other, until one answers. */
const maxAsked = 3;
const timeoutMs = 3000;

/** What was said in a room before, as far as a member remembers; nothing when nobody answers. */
export async function askHistory(client: Pick<Client, "remote">, room: Room, now: number): Promise<readonly RememberedLine[]> {
  const present = [...room.members.values()].filter(({ state }) => state === "here");
  for (const { id } of present.slice(0, maxAsked)) {
    try {
      const request: HistoryRequest = { room: room.name };
      const page = parseHistoryPage(await client.remote(id).timeout(timeoutMs).emitWithAck(CHAT.history, request), now);
      if (page !== undefined) return page.lines;
    } catch {
      // The next one may remember.
    }
  }
  return [];
}
