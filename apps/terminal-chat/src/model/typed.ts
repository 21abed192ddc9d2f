import { cleanRoom, maxTextLength, statuses, type Status } from "@peerloom/app-chat-wire";
import { help, parseArgument, parseCommand, type CommandName } from "./command.ts";
import { accept, listOffers } from "./offers.ts";
import { findPerson, nameOf } from "./people.ts";
import { note, problem, texts, type Shown } from "./shown.ts";
import type { Effect, Place, State, Step } from "./state.ts";

interface Typed {
  readonly text: string;
  readonly id: string;
  readonly time: number;
}

/** What follows from a line that was typed. */
export function typed(state: State, input: Typed): Step {
  const command = parseCommand(input.text);
  switch (command.type) {
    case "say":
      return say(state, state.place, { ...input, text: command.text });
    case "unknown":
      return [state, [problem(`There is no command /${command.name}; see /help.`)]];
    case "command":
      return run(state, command.name, { words: command.words, rest: command.rest, input });
  }
}

interface Given {
  readonly words: readonly string[];
  readonly rest: string;
  readonly input: Typed;
}

function run(state: State, name: CommandName, given: Given): Step {
  const { words, input } = given;
  const [first, second] = words;
  switch (name) {
    case "help":
      return [state, [texts(help())]];
    case "who":
      return [state, [{ do: "show", what: listPeople(state) }]];
    case "msg":
      return message(state, given);
    case "room":
      return goTo(state, first);
    case "join":
      return first === undefined || cleanRoom(first) === "" ? usage(state, name) : [state, [{ do: "join", room: cleanRoom(first) }]];
    case "leave":
      return leave(state, first);
    case "rooms":
      return [state, [texts([...state.rooms].map(([room, members]) => `#${room}  ${members.size + 1} in it`))]];
    case "send":
      return first === undefined ? usage(state, name) : send(state, first, second, input);
    case "files":
      return [state, [texts(listOffers(state))]];
    case "accept":
      return acceptTyped(state, words);
    case "cancel":
      return first === undefined || !/^\d+$/u.test(first) ? usage(state, name) : [state, [{ do: "cancel", number: Number(first) }]];
    case "services":
      return [state, [{ do: "services" }]];
    case "call":
      if (first === undefined || second === undefined) return usage(state, name);
      return [state, [{ do: "call", service: first, method: second, args: words.slice(2).map(parseArgument) }]];
    case "subscribe":
    case "unsubscribe":
      if (first === undefined || second === undefined) return usage(state, name);
      return [state, [{ do: "subscribe", service: first, topic: second, isOn: name === "subscribe" }]];
    case "status":
      return statuses.includes(first as Status) ? setStatus(state, first as Status) : usage(state, name);
    case "quit":
      return [state, [{ do: "quit" }]];
  }
}

/** Says something there; an empty line says nothing. */
function say(state: State, place: Place, { text, id, time }: Typed): Step {
  if (text.trim() === "") return [state, []];
  if (text.length > maxTextLength) return [state, [problem(`A line can have ${maxTextLength} characters; this one has ${text.length}.`)]];
  const effects: Effect[] = [{ do: "say", place, line: { id, text, time, name: state.name } }];
  return [state, [...effects, { do: "show", what: ownLine(state, place, text, time) }]];
}

/** One's own line as it is shown. */
function ownLine(state: State, place: Place, text: string, time: number): Shown {
  const where = place.kind === "room" ? { room: place.room } : { room: undefined, to: nameOf(state, place.id) };
  const { me: from, name } = state;
  return { kind: "line", where, from, name, text, time, isMine: true, isRemembered: false, quote: undefined, file: undefined };
}

function message(state: State, { words, rest, input }: Given): Step {
  const [who] = words;
  if (who === undefined) return usage(state, "msg");
  const person = findPerson(state, who);
  if (person === undefined) return [state, [problem(`${who} is nobody here, or more than one; see /who.`)]];
  const place: Place = { kind: "person", id: person.id };
  const text = rest.replace(/^("[^"]*"|\S+)\s*/u, "");
  return text === ""
    ? [{ ...state, place }, [note(`What you write goes to ${person.name} alone. /room goes back.`)]]
    : say(state, place, { ...input, text });
}

function goTo(state: State, room: string | undefined): Step {
  const wanted = room === undefined ? [...state.rooms.keys()].at(-1) : cleanRoom(room);
  if (wanted === undefined || !state.rooms.has(wanted))
    return [state, [problem(`You are not in ${room ?? "a room"}; see /rooms and /join.`)]];
  return [{ ...state, place: { kind: "room", room: wanted } }, []];
}

function leave(state: State, room: string | undefined): Step {
  const current = state.place.kind === "room" ? state.place.room : [...state.rooms.keys()].at(-1);
  const wanted = room === undefined ? current : cleanRoom(room);
  if (wanted === undefined || !state.rooms.has(wanted)) return [state, [problem(`You are not in ${room ?? "a room"}; see /rooms.`)]];
  return [state, [{ do: "leave", room: wanted }]];
}

function send(state: State, path: string, who: string | undefined, { id, time }: Typed): Step {
  const person = who === undefined ? undefined : findPerson(state, who);
  if (who !== undefined && person === undefined) return [state, [problem(`${who} is nobody here, or more than one; see /who.`)]];
  const place: Place = person === undefined ? state.place : { kind: "person", id: person.id };
  return [state, [{ do: "share", place, path, id, time }]];
}

/** The first word is a number, or else a folder. */
function acceptTyped(state: State, words: readonly string[]): Step {
  const hasNumber = /^\d+$/u.test(words[0] ?? "");
  const folder = (hasNumber ? words[1] : words[0]) ?? ".";
  return accept(state, hasNumber ? Number(words[0]) : undefined, folder);
}

function setStatus(state: State, status: Status): Step {
  return [{ ...state, status }, [{ do: "status", status }]];
}

function listPeople(state: State): Shown {
  const present = [...state.people.values()].filter(({ presence }) => presence !== "gone");
  return {
    kind: "people",
    people: present.map(({ id, name, status, presence, path }) => ({ id, name, status: presence === "away" ? "lost" : status, path })),
  };
}

function usage(state: State, name: CommandName): Step {
  const row = help().find((line) => line.startsWith(`/${name} `)) ?? `/${name}`;
  return [state, [problem(row.replaceAll(/\s{2,}/gu, ": "))]];
}
