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
  if (state.talks.has(id) || state.open === id) return withPerson(state, { id, name: person.name, presence: "gone" });
  const people = new Map(state.people);
  people.delete(id);
  return { ...state, people };
}

/** Somebody begins to type for this page alone, or stops. */
export function withTyping(state: InRoom, id: string, isTypingToMe: boolean): InRoom {
  const person = state.people.get(id);
  if (person === undefined || (person.isTypingToMe ?? false) === isTypingToMe) return state;
  return withPerson(state, { ...person, isTypingToMe });
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
    drafts: new Map([...state.drafts].filter(([key]) => !old.has(key))),
    people: new Map([...state.people].filter(([key]) => !old.has(key))),
  };
}

/** What is known of a member now, without what is over. */
export function toPerson(listed: ListedMember, known?: Person): Person {
  const { isTypingToMe } = known ?? {};
  return isTypingToMe === undefined ? listed : { ...listed, isTypingToMe };
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

export function listPeople({ people }: Pick<InRoom, "people">): PeopleList {
  const sorted = [...people.values()].sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  return {
    members: sorted.filter(({ presence, about }) => presence !== "gone" && about === undefined),
    others: sorted.filter(({ presence, about }) => presence === "gone" && about === undefined),
    helpers: sorted.filter(({ about }) => about !== undefined),
  };
}

/** Unread lines in all conversations. */
export function unreadCount({ talks }: Pick<InRoom, "talks">): number {
  return [...talks.values()].reduce((sum, { unread }) => sum + unread, 0);
}

/** One's own lines that wait to be sent, in all conversations. */
export function waitingCount({ talks }: Pick<InRoom, "talks">): number {
  let count = 0;
  for (const { entries } of talks.values())
    for (const entry of entries) if (entry.kind === "said" && (entry.delivery?.at === "sending" || entry.delivery?.at === "held")) count++;
  return count;
}

/** Who types in the open conversation. */
export function typists({ people, open }: Pick<InRoom, "people" | "open">): readonly Person[] {
  if (open !== "")
    return [...people.values()].filter(({ id, isTypingToMe, presence }) => id === open && isTypingToMe && presence === "here");
  return [...people.values()].filter(({ isTyping, presence }) => isTyping && presence === "here");
}
