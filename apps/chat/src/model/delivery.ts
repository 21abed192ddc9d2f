import type { WireLine } from "@peerloom/app-chat-wire";
import { withDraft } from "./drafts.ts";
import type { Delivery, Said } from "./line.ts";
import { ROOM, type Effect, type InRoom, type Step } from "./state.ts";
import { emptyTalk, moveToEnd, ownLines, redeliver, append, type Talk } from "./talk.ts";
import { inWords } from "./words.ts";

/** The person may be back in a moment, and the line's id lets it be taken only once: worth another try. */
const passing = new Set(["PEER_AWAY", "PEER_LOST", "PEER_NOT_FOUND", "PEER_RESTARTED"]);
const maxTries = 5;
const pauseMs = 500;

export function talkWith(state: InRoom, key: string): Talk {
  return state.talks.get(key) ?? emptyTalk;
}

export function withTalk(state: InRoom, key: string, talk: Talk): InRoom {
  if (talkWith(state, key) === talk) return state;
  return { ...state, talks: new Map(state.talks).set(key, talk) };
}

/** Writes a line into a conversation and sends it, behind all that still waits there. */
export function say(state: InRoom, key: string, line: Pick<WireLine, "id" | "text" | "time" | "file">): Step<InRoom> {
  const talk = talkWith(state, key);
  const delivery: Delivery = isHolding(talk) ? { at: "held", tries: 0 } : { at: "sending", tries: 0 };
  const draft = state.drafts.get(key);
  const reply = line.file === undefined ? draft?.reply : undefined;
  const said: Said = { kind: "said", from: state.me, name: state.name, delivery, ...line, ...(reply && { reply }) };
  const written = line.file === undefined ? withDraft(state, key, undefined) : state;
  const next = withTalk(written, key, { ...append(talk, said, true), unread: 0 });
  return [next, delivery.at === "sending" ? [sendEffect(key, said)] : []];
}

/** Sends a failed line again, as the newest. */
export function retry(state: InRoom, key: string, id: string, time: number): Step<InRoom> {
  const talk = talkWith(state, key);
  const [line] = ownLines(talk, ({ at }) => at === "failed").filter((own) => own.id === id);
  if (line === undefined) return [state, []];
  const delivery: Delivery = isHolding(talk) ? { at: "held", tries: 0 } : { at: "sending", tries: 0 };
  const again: Said = { ...line, time, delivery };
  const next = withTalk(
    state,
    key,
    moveToEnd(talk, id, () => again),
  );
  return [next, delivery.at === "sending" ? [sendEffect(key, again)] : []];
}

export function delivered(state: InRoom, key: string, id: string): InRoom {
  return withTalk(
    state,
    key,
    redeliver(talkWith(state, key), (line, delivery) => (line.id === id ? { at: key === ROOM ? "sent" : "delivered" } : delivery)),
  );
}

/** A line did not arrive: it waits if the person may be back, else it has failed. */
export function undelivered(
  state: InRoom,
  key: string,
  id: string,
  error: { readonly code: string; readonly message: string },
): Step<InRoom> {
  const talk = talkWith(state, key);
  const [line] = ownLines(talk, ({ at }) => at === "sending").filter((own) => own.id === id);
  if (line?.delivery?.at !== "sending") return [state, []];
  const { tries } = line.delivery;
  const person = state.people.get(key);
  const mayBeBack = person !== undefined && (person.presence !== "gone" || !state.isOnline);
  const isHeld = key !== ROOM && passing.has(error.code) && tries < maxTries && mayBeBack;
  const outcome: Delivery = isHeld ? { at: "held", tries } : { at: "failed", why: inWords(error, person?.name ?? "The room") };
  const next = withTalk(
    state,
    key,
    redeliver(talk, (own, delivery) => (own.id === id ? outcome : delivery)),
  );
  return [next, isHeld && person.presence === "here" ? [{ do: "wake", talk: key, afterMs: pauseMs }] : []];
}

/** Sends what waited for somebody, in order. */
export function release(state: InRoom, key: string): Step<InRoom> {
  const talk = talkWith(state, key);
  const held = ownLines(talk, ({ at }) => at === "held");
  const next = redeliver(talk, (_, delivery) => (delivery.at === "held" ? { at: "sending", tries: delivery.tries + 1 } : delivery));
  return [withTalk(state, key, next), held.map((line) => sendEffect(key, line))];
}

/** What waited for somebody has failed. */
export function giveUp(state: InRoom, key: string): InRoom {
  const why = inWords({ code: "PEER_LOST", message: "" }, state.people.get(key)?.name ?? key);
  return withTalk(
    state,
    key,
    redeliver(talkWith(state, key), (_, delivery) => (delivery.at === "held" ? { at: "failed", why } : delivery)),
  );
}

/** True while lines wait for somebody to be back. */
export function isHolding(talk: Talk): boolean {
  return ownLines(talk, ({ at }) => at === "held").length > 0;
}

/** Lines on their way when the page was reloaded: nobody can tell whether they arrived. */
export function abandon(talk: Talk): Talk {
  const why = "The page was reloaded before this was sent.";
  return redeliver(talk, (_, delivery) => (delivery.at === "sending" || delivery.at === "held" ? { at: "failed", why } : delivery));
}

function sendEffect(key: string, { id, text, time, name, reply, file }: Said): Effect {
  const line: WireLine = { id, text, time, name, ...(reply && { reply }), ...(file && { file }) };
  return { do: "send", talk: key, line };
}
