import { maxQuoteLength, type LineKey, type Quote } from "@peerloom/app-chat-wire";
import type { Said } from "./line.ts";
import type { Draft, InRoom } from "./state.ts";

const nothing: Draft = { text: "" };

export function draftOf(state: Pick<InRoom, "drafts">, key: string): Draft {
  return state.drafts.get(key) ?? nothing;
}

/** Keeps what is typed; an empty draft is none. */
export function withDraft(state: InRoom, key: string, draft: Draft | undefined): InRoom {
  const drafts = new Map(state.drafts);
  if (draft === undefined || (draft.text === "" && draft.reply === undefined)) drafts.delete(key);
  else drafts.set(key, draft);
  return { ...state, drafts };
}

/** The draft will answer this line, or none. */
export function withReply(state: InRoom, key: string, line: LineKey | undefined): InRoom {
  return withDraft(state, key, { text: draftOf(state, key).text, reply: line && quoteIn(state, key, line) });
}

/** How a line of this conversation begins, as it came here; undefined when it did not. */
export function quoteIn(state: InRoom, key: string, { from, id }: LineKey): Quote | undefined {
  const said = state.talks
    .get(key)
    ?.entries.find((entry): entry is Said => entry.kind === "said" && entry.id === id && entry.from === from);
  return said && quoteOf(said);
}

function quoteOf({ from, id, name, text, file }: Said): Quote {
  const words = text === "" ? (file?.name ?? "") : text;
  return { from, id, name, text: words.slice(0, maxQuoteLength) };
}
