import { idOfName } from "@peerloom/app-chat-wire";
import type { Listed, Person, State } from "./state.ts";

/** People who are in no room of ours any more and are still known by name. */
const maxGone = 200;

export function nameOf({ people, me, name }: State, id: string): string {
  return id === me ? name : (people.get(id)?.name ?? id);
}

/** Somebody is there, or has changed. */
export function withMember(state: State, room: string, member: Listed): State {
  const before = state.people.get(member.id);
  const person: Person = { ...member, path: before?.path ?? "relay" };
  const members = new Set(state.rooms.get(room)).add(member.id);
  return { ...state, people: new Map(state.people).set(member.id, person), rooms: new Map(state.rooms).set(room, members) };
}

/** Somebody has left a room; who is in no other is gone. */
export function withoutMember(state: State, room: string, id: string): State {
  const members = new Set(state.rooms.get(room));
  members.delete(id);
  const rooms = new Map(state.rooms).set(room, members);
  return { ...state, rooms, people: settle(state.people, rooms, id) };
}

/** A room was left: who is in no other is gone. */
export function withoutRoom(state: State, room: string): State {
  const rooms = new Map(state.rooms);
  rooms.delete(room);
  let { people } = state;
  for (const id of state.rooms.get(room) ?? []) people = settle(people, rooms, id);
  return { ...state, rooms, people };
}

/** Somebody who is in no room of ours says something. */
export function withStranger(state: State, id: string, name: string): State {
  if (state.people.has(id)) return state;
  const stranger: Person = { id, name, status: "here", presence: "gone", path: "relay" };
  return { ...state, people: bounded(new Map(state.people).set(id, stranger)) };
}

export function withPerson(state: State, id: string, change: Partial<Person>): State {
  const person = state.people.get(id);
  return person === undefined ? state : { ...state, people: new Map(state.people).set(id, { ...person, ...change }) };
}

/** Who is meant: by id, by name, or by the beginning of either when only one fits. */
export function findPerson(state: State, text: string): Person | undefined {
  const wanted = idOfName(text.replace(/^@/u, ""));
  const exact = state.people.get(wanted) ?? state.people.get(text);
  if (exact !== undefined || wanted === "") return exact;
  const near = [...state.people.values()].filter(({ id, name }) => id.startsWith(wanted) || idOfName(name).startsWith(wanted));
  return near.length === 1 ? near[0] : undefined;
}

function settle(people: State["people"], rooms: State["rooms"], id: string): State["people"] {
  const person = people.get(id);
  if (person === undefined || [...rooms.values()].some((members) => members.has(id))) return people;
  const next = new Map(people);
  // Who comes last among the gone is forgotten last.
  next.delete(id);
  return bounded(next.set(id, { ...person, presence: "gone", path: "relay" }));
}

function bounded(people: Map<string, Person>): State["people"] {
  const gone = [...people.values()].filter(({ presence }) => presence === "gone");
  for (const { id } of gone.slice(0, Math.max(0, gone.length - maxGone))) people.delete(id);
  return people;
}
