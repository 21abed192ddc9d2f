import type { WireLine } from "@peerloom/app-chat-wire";
import { nameOfMember } from "@peerloom/app-chat-wire";
import { delivered, giveUp, isHolding, release, retry, say, talkWith, undelivered, withTalk } from "./delivery.ts";
import type { Said } from "./line.ts";
import { toPerson, withinLimit, withoutPerson, withPerson } from "./people.ts";
import { ROOM, type Effect, type InRoom, type ListedMember, type RoomInput, type Step } from "./state.ts";
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
      return [withTalk(state, input.talk, { ...talkWith(state, input.talk), draft: input.text }), []];
    case "say":
      return input.text.trim() === "" ? [state, []] : say(state, input.talk, { id: input.id, text: input.text.trim(), time: input.time });
    case "retry":
      return retry(state, input.talk, input.id, input.time);
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

interface Moment {
  readonly noteId: string;
  readonly time: number;
}

function member(state: InRoom, change: "join" | "update", listed: ListedMember, moment: Moment): Step<InRoom> {
  const known = state.people.get(listed.id);
  const isNew = change === "join" && (known === undefined || known.presence === "gone");
  const next = withPerson(state, toPerson(listed));
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
  const said: Said = { kind: "said", id: line.id, from, name, text: line.text, time: line.time };
  const isSeen = state.open === key && state.isLooking && !state.isListShown;
  const next = known === undefined && key !== ROOM ? withPerson(state, { id: from, name, presence: "gone" }) : state;
  return withinLimit(withTalk(next, key, append(talkWith(next, key), said, isSeen)));
}

function wake(state: InRoom, key: string): Step<InRoom> {
  if (!state.isOnline) return [state, []];
  const presence = state.people.get(key)?.presence ?? "gone";
  if (presence === "here") return release(state, key);
  return [presence === "gone" ? giveUp(state, key) : state, []];
}
