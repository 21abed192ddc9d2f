import { inBytes, nameOfMember, type RememberedLine, type WireLine } from "@peerloom/app-chat-wire";
import { goOn, transfer, withOffer } from "./offers.ts";
import { nameOf, withMember, withoutMember, withoutRoom, withPerson, withStranger } from "./people.ts";
import { note, problem, texts } from "./shown.ts";
import type { Effect, Input, Listed, Place, State, Step } from "./state.ts";
import { typed } from "./typed.ts";

export function startState(me: string, name: string, room: string): State {
  return {
    me,
    name,
    status: "here",
    isOnline: true,
    rooms: new Map(),
    people: new Map(),
    place: { kind: "room", room },
    offers: [],
    nextNumber: 1,
  };
}

/** Pure: the caller runs the effects. Inputs that do not fit change nothing. */
export function step(state: State, input: Input): Step {
  switch (input.type) {
    case "typed":
      return typed(state, input);
    case "joined":
      return joined(state, input.room, input.members);
    case "left-room":
      return leftRoom(state, input.room, input.why);
    case "member":
      return member(state, input.room, input.member);
    case "member-left":
      return memberLeft(state, input.room, input.id);
    case "helper":
      return [withPerson(withStranger(state, input.id, input.name), input.id, { presence: "here" }), []];
    case "heard":
      return heard(state, input.place, input.from, input.line);
    case "remembered":
      return remembered(state, input.room, input.lines);
    case "reacted":
      return [state, [note(`${nameOf(state, input.from)} ${input.emoji}${input.text === undefined ? "" : ` “${shorten(input.text)}”`}`)]];
    case "gap":
      return [state, [problem(`${input.missed} lines of ${nameOf(state, input.from)} in #${input.room} are lost.`)]];
    case "connection":
      return connection(state, input.isOnline);
    case "path":
      return path(state, input.id, input.path);
    case "shared":
      return shared(state, input.place, input.file);
    case "transfer":
      return transfer(state, input.number, input.input);
    case "taken":
      return [state, [note(`${nameOf(state, input.by)} has all of ${input.file.name}.`)]];
    case "answer":
      return [state, [texts(input.lines)]];
    case "problem":
      return [state, [problem(input.text)]];
  }
}

function joined(state: State, room: string, members: readonly Listed[]): Step {
  let next: State = { ...state, rooms: new Map(state.rooms).set(room, new Set()), place: { kind: "room", room } };
  for (const listed of members) next = withMember(next, room, listed);
  const names = members.map(({ name }) => name).join(", ");
  return [next, [note(`You are in #${room}, ${members.length === 0 ? "alone so far" : `with ${names}`}. /help tells what you can do.`)]];
}

function leftRoom(state: State, room: string, why: string | undefined): Step {
  if (!state.rooms.has(room)) return [state, []];
  const next = withoutRoom(state, room);
  const other = [...next.rooms.keys()].at(-1);
  const isHere = state.place.kind === "room" && state.place.room === room;
  const place: Place = isHere && other !== undefined ? { kind: "room", room: other } : state.place;
  return [{ ...next, place }, [note(`You are not in #${room} any more${why === undefined ? "." : `: ${why}`}`)]];
}

function member(state: State, room: string, listed: Listed): Step {
  const before = state.people.get(listed.id);
  const isNew = !(state.rooms.get(room)?.has(listed.id) ?? false);
  const next = withMember(state, room, listed);
  const effects: Effect[] = isNew ? [note(`${listed.name} has come to #${room}.`)] : [];
  const isBack = listed.presence === "here" && before?.presence !== "here";
  const [after, more] = isBack ? goOn(next, listed.id) : [next, []];
  return [after, [...effects, ...more]];
}

function memberLeft(state: State, room: string, id: string): Step {
  if (!(state.rooms.get(room)?.has(id) ?? false)) return [state, []];
  const next = withoutMember(state, room, id);
  return [next, [note(`${nameOf(state, id)} has left #${room}.`)]];
}

function heard(state: State, place: Place, from: string, line: WireLine): Step {
  const known = withStranger(state, from, nameOfMember(from, line));
  const [next, number] = line.file === undefined ? [known, undefined] : withOffer(known, from, line.id, line.file);
  const where = { room: place.kind === "room" ? place.room : undefined };
  return [next, [showLine(next, where.room, from, line, number, false)]];
}

/** What somebody remembers of a room. Files of those who are here can still be fetched. */
function remembered(state: State, room: string, lines: readonly RememberedLine[]): Step {
  let next = state;
  const effects: Effect[] = [];
  for (const line of lines) {
    const { from, file } = line;
    const isHere = from !== state.me && state.rooms.get(room)?.has(from) === true;
    const [after, number] = file === undefined || !isHere ? [next, undefined] : withOffer(next, from, line.id, file);
    next = after;
    effects.push(showLine(next, room, from, line, number, true));
  }
  return [next, effects];
}

function showLine(
  state: State,
  room: string | undefined,
  from: string,
  { text, time, name, reply, file }: WireLine,
  number: number | undefined,
  isRemembered: boolean,
): Effect {
  return {
    do: "show",
    what: {
      kind: "line",
      where: { room },
      from,
      name: from === state.me || state.people.has(from) ? nameOf(state, from) : nameOfMember(from, { name }),
      text,
      time,
      isMine: from === state.me,
      isRemembered,
      quote: reply && { name: reply.name, text: shorten(reply.text) },
      file: file && { ...file, number },
    },
  };
}

function connection(state: State, isOnline: boolean): Step {
  if (state.isOnline === isOnline) return [state, []];
  return [
    { ...state, isOnline },
    [isOnline ? note("Connected again.") : problem("The connection is lost. What you write goes out when it is back.")],
  ];
}

function path(state: State, id: string, to: "relay" | "direct"): Step {
  const person = state.people.get(id);
  if (person === undefined || person.path === to) return [state, []];
  const text = to === "direct" ? `You and ${person.name} are connected directly.` : `You and ${person.name} talk by the relay again.`;
  return [withPerson(state, id, { path: to }), [note(text)]];
}

function shared(state: State, place: Place, file: { readonly name: string; readonly size: number }): Step {
  const to = place.kind === "room" ? `everybody in #${place.room}` : nameOf(state, place.id);
  return [state, [note(`${file.name} (${inBytes(file.size)}) is offered to ${to}. It can be fetched while you stay.`)]];
}

function shorten(text: string): string {
  const [line = ""] = text.split("\n");
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
