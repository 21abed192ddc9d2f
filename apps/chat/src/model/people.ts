import type { InRoom, ListedMember, Person } from "./state.ts";
import { maxTalks } from "./talk.ts";

/** Adds somebody, or changes what is known. */
export function withPerson(state: InRoom, person: Person): InRoom {
  return { ...state, people: new Map(state.people).set(person.id, person) };
}

/** Takes somebody out of the room; who has a conversation stays in the list as gone. */
export function withoutPerson(state: InRoom, id: string): InRoom {
  const person = state.people.get(id);
  if (person === undefined) return state;
  if (state.talks.has(id) || state.open === id) return withPerson(state, { ...person, presence: "gone" });
  const people = new Map(state.people);
  people.delete(id);
  return { ...state, people };
}

/** Drops the oldest conversations with people who are gone: anybody may begin one, so there must be an end. */
export function withinLimit(state: InRoom, limit: number = maxTalks): InRoom {
  const over = state.talks.size - limit;
  if (over <= 0) return state;
  const isOld = (key: string): boolean => key !== state.open && state.people.get(key)?.presence === "gone";
  const old = new Set([...state.talks.keys()].filter(isOld).slice(0, over));
  return {
    ...state,
    talks: new Map([...state.talks].filter(([key]) => !old.has(key))),
    people: new Map([...state.people].filter(([key]) => !old.has(key))),
  };
}

export function toPerson({ id, name, presence }: ListedMember): Person {
  return { id, name, presence };
}

/** The list as it is shown. */
export interface PeopleList {
  /** In the room, by name. */
  readonly members: readonly Person[];
  /** Conversations with people who are not in the room. */
  readonly others: readonly Person[];
  /** Programs of the relay's that answer. */
  readonly helpers: readonly Person[];
}

export function listPeople({ people }: InRoom): PeopleList {
  const sorted = [...people.values()].sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  return {
    members: sorted.filter(({ presence, about }) => presence !== "gone" && about === undefined),
    others: sorted.filter(({ presence, about }) => presence === "gone" && about === undefined),
    helpers: sorted.filter(({ about }) => about !== undefined),
  };
}

/** Unread lines in all conversations. */
export function unreadCount({ talks }: InRoom): number {
  return [...talks.values()].reduce((sum, { unread }) => sum + unread, 0);
}
