import { nameOfMember, type WireLine } from "@peerloom/app-chat-wire";
import { delivered, giveUp, isHolding, release, retry, say, talkWith, undelivered, withTalk } from "./delivery.ts";
import { draftOf, quoteIn, withDraft, withReply } from "./drafts.ts";
import type { Said } from "./line.ts";
import { toPerson, withinLimit, withoutPerson, withPerson, withTyping } from "./people.ts";
import { toggleReaction, withReaction } from "./reactions.ts";
import { recall, recalled } from "./recall.ts";
import { ROOM, type Effect, type InRoom, type ListedMember, type Moment, type RoomInput, type Step } from "./state.ts";
import { append, noteArrival } from "./talk.ts";

/** After the connection is back: how long people have to come back too, before lines to them fail. */
const graceMs = 5000;

/** What happens while somebody is in a room. Inputs that do not fit change nothing. */
export function stepInRoom(state: InRoom, input: RoomInput): Step<InRoom> {
  switch (input.type) {
    case "show":
      return [show(state, input.talk), []];
    case "show-list":
      return [input.isShown ? { ...state, isListShown: true } : show(state, state.open), []];
    case "look":
      return [input.isLooking ? show({ ...state, isLooking: true }, state.open, state.isListShown) : { ...state, isLooking: false }, []];
    case "draft":
      return draft(state, input.talk, input.text);
    case "answer":
      return [withReply(state, input.talk, input.line), []];
    case "say": {
      const { type: _, talk, ...line } = input;
      const text = line.text.trim();
      return text === "" && line.file === undefined ? [state, []] : say(state, talk, { ...line, text });
    }
    case "retry":
      return retry(state, input.talk, input.id, input.time);
    case "react":
      return toggleReaction(state, input.talk, input.line, input.emoji);
    case "status":
      return [{ ...state, status: input.status }, [{ do: "status", status: input.status }]];
    case "recall":
      return recall(state);
    case "connection":
      return connection(state, input.isOnline);
    case "helper":
      return [withPerson(state, { id: input.id, name: input.name, about: input.about, presence: "here" }), []];
    case "member":
      return member(state, input.change, input.member, input);
    case "member-left":
      return memberLeft(state, input.id, input);
    case "heard":
      return [heard(state, input.talk, input.from, input.line), []];
    case "reacted":
      return [withReaction(state, input.talk, input.from, input.reaction), []];
    case "typing":
      return [withTyping(state, input.from, input.isTyping), []];
    case "recalled":
      return [recalled(state, input), []];
    case "gap":
      return [noted(state, "gap", state.people.get(input.from)?.name ?? input.from, input, input.missed), []];
    case "delivered":
      return [delivered(state, input.talk, input.id), []];
    case "undelivered":
      return undelivered(state, input.talk, input.id, input);
    case "wake":
      return wake(state, input.talk);
  }
}

function draft(state: InRoom, talk: string, text: string): Step<InRoom> {
  const next = withDraft(state, talk, { ...draftOf(state, talk), text });
  return [next, [{ do: "typing", talk, isTyping: text.trim() !== "" }]];
}

/** Opens a conversation and marks it read. */
function show(state: InRoom, key: string, isListShown = false): InRoom {
  if (key !== ROOM && !state.people.has(key)) return state;
  const talk = talkWith(state, key);
  const isSeen = state.isLooking && !isListShown;
  const shown = { ...state, open: key, isListShown };
  return talk.unread > 0 && isSeen ? withTalk(shown, key, { ...talk, unread: 0 }) : shown;
}

function connection(state: InRoom, isOnline: boolean): Step<InRoom> {
  const next = { ...state, isOnline };
  if (!isOnline) return [next, []];
  const waiting = [...state.talks].filter(([, talk]) => isHolding(talk));
  return [next, waiting.map(([key]): Effect => ({ do: "wake", talk: key, afterMs: graceMs }))];
}

function member(state: InRoom, change: "join" | "update", listed: ListedMember, moment: Moment): Step<InRoom> {
  const known = state.people.get(listed.id);
  const isNew = change === "join" && (known === undefined || known.presence === "gone");
  const next = withPerson(state, toPerson(listed, known));
  const told = isNew ? noted(next, "joined", listed.name, moment) : next;
  return listed.presence === "here" ? release(told, listed.id) : [told, []];
}

/** While the connection is down, who left is only out of sight: lines to them wait until it is back. */
function memberLeft(state: InRoom, id: string, moment: Moment): Step<InRoom> {
  const person = state.people.get(id);
  if (person === undefined || person.presence === "gone") return [state, []];
  const next = noted(withoutPerson(state, id), "left", person.name, moment);
  return [state.isOnline ? giveUp(next, id) : next, []];
}

function noted(state: InRoom, note: "joined" | "left" | "gap", name: string, { noteId, time }: Moment, missed?: number): InRoom {
  const talk = talkWith(state, ROOM);
  return withTalk(state, ROOM, noteArrival(talk, { kind: "note", id: noteId, note, name, time, missed }));
}

function heard(state: InRoom, key: string, from: string, line: WireLine): InRoom {
  const known = state.people.get(from);
  const name = known?.name ?? nameOfMember(from, line);
  // What is known here is quoted as it is known here, whatever the author says that it was.
  const reply = line.reply && (quoteIn(state, key, line.reply) ?? line.reply);
  const said: Said = { kind: "said", from, ...line, name, ...(reply && { reply }) };
  const isSeen = state.open === key && state.isLooking && !state.isListShown;
  const met = known === undefined && key !== ROOM ? withPerson(state, { id: from, name, presence: "gone" }) : state;
  const next = key === ROOM ? met : withTyping(met, from, false);
  return withinLimit(withTalk(next, key, append(talkWith(next, key), said, isSeen)));
}

function wake(state: InRoom, key: string): Step<InRoom> {
  if (!state.isOnline) return [state, []];
  const presence = state.people.get(key)?.presence ?? "gone";
  if (presence === "here") return release(state, key);
  return [presence === "gone" ? giveUp(state, key) : state, []];
}
