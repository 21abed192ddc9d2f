import {
  maxPageLength,
  maxPageLines,
  nameOfMember,
  type HistoryPage,
  type HistoryRequest,
  type RememberedLine,
} from "@peerloom/app-chat-wire";
import { talkWith, withTalk } from "./delivery.ts";
import type { Said } from "./line.ts";
import { ROOM, type InRoom, type RoomInput, type Step } from "./state.ts";
import { maxEntries, mergeEarlier, type Talk } from "./talk.ts";

type Recalled = Extract<RoomInput, { type: "recalled" }>;

/** Asks for what was said before the first line that is here. */
export function recall(state: InRoom): Step<InRoom> {
  const talk = talkWith(state, ROOM);
  if (state.earlier !== "more" || talk.entries.length >= maxEntries) return [state, []];
  const first = talk.entries.find((entry): entry is Said => entry.kind === "said");
  const before = first && { from: first.from, id: first.id, time: first.time };
  return [{ ...state, earlier: "asking" }, [{ do: "recall", before }]];
}

/** Somebody remembers these lines of the room. One's own among them were sent. */
export function recalled(state: InRoom, { lines, hasMore, isOlder }: Omit<Recalled, "type">): InRoom {
  const said = lines.map(({ name, from, ...line }): Said => {
    const isMine = from === state.me;
    return {
      kind: "said",
      from,
      ...line,
      name: nameOfMember(from, { name }),
      isRemembered: true,
      ...(isMine && { delivery: { at: "sent" } }),
    };
  });
  const before = talkWith(state, ROOM);
  const talk = mergeEarlier(before, said);
  // Who says that there is more and tells nothing new is not asked on and on.
  return { ...withTalk(state, ROOM, talk), earlier: hasMore && (talk !== before || !isOlder) ? "more" : "none" };
}

/** What this page remembers of the room, for somebody who came later. */
export function pageOf(talk: Talk, { before }: HistoryRequest): HistoryPage {
  const said = talk.entries.filter((entry): entry is Said => entry.kind === "said" && entry.delivery?.at !== "failed");
  const end = before === undefined ? said.length : endOf(said, before);
  const lines: RememberedLine[] = [];
  let length = 0;
  let at = end;
  for (; at > 0 && lines.length < maxPageLines; at--) {
    const line = said[at - 1];
    if (line === undefined) break;
    length += line.text.length;
    if (length > maxPageLength && lines.length > 0) break;
    lines.push(toRemembered(line));
  }
  return { lines: lines.toReversed(), hasMore: at > 0 };
}

function endOf(said: readonly Said[], before: { readonly from: string; readonly id: string; readonly time: number }): number {
  const known = said.findIndex((line) => line.id === before.id && line.from === before.from);
  if (known >= 0) return known;
  const later = said.findIndex((line) => line.time >= before.time);
  return later < 0 ? said.length : later;
}

function toRemembered({ from, id, name, text, time, reply, file, reactions = [] }: Said): RememberedLine {
  return { from, id, name, text, time, reactions, ...(reply && { reply }), ...(file && { file }) };
}
