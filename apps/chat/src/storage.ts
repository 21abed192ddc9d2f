import { roomOfHash } from "@peerloom/app-chat-wire";
import type { Entry } from "./model/line.ts";
import type { Draft, InRoom, Kept, State } from "./model/state.ts";

/** The two stores of a browser, where it lets a page have them: `device` outlives the tab, `tab` only a reload. */
export interface Stores {
  readonly device: () => Storage;
  readonly tab: () => Storage;
}

/** Who was in which room when the page was reloaded. */
export interface Stay {
  readonly name: string;
  readonly room: string;
}

const nameKey = "peerloom.name";
const stayKey = "peerloom.stay";
/** Lines of one conversation kept over a reload. */
const keptEntries = 200;

/** What the page remembers. Stores that are full or forbidden only make it forget. */
export class Memory {
  readonly #stores: Stores;

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  /** The name used last on this device. */
  name(): string {
    return attempt(() => this.#stores.device().getItem(nameKey)) ?? "";
  }

  /** Set when this tab was in a room and was reloaded. */
  stay(hash: string): Stay | undefined {
    const stay = this.#read(stayKey) as Partial<Stay> | undefined;
    if (typeof stay?.name !== "string" || typeof stay.room !== "string") return undefined;
    return { name: stay.name, room: roomOfHash(hash) };
  }

  /** What was said before the reload. */
  kept(id: string, room: string): Kept | undefined {
    const kept = this.#read(talksKey(id, room)) as StoredTalks | undefined;
    if (kept === undefined) return undefined;
    try {
      const talks = new Map(kept.talks.map(([key, { entries, unread }]) => [key, { entries, unread }]));
      return { open: kept.open, talks, drafts: new Map(kept.drafts), names: new Map(kept.names) };
    } catch {
      return undefined;
    }
  }

  /** Keeps what a reload needs of this state. */
  keep(state: State): void {
    if (state.at === "door") return attempt(() => this.#stores.tab().removeItem(stayKey));
    attempt(() => this.#stores.device().setItem(nameKey, state.name));
    if (state.at !== "room") return;
    const { name, room, me } = state;
    this.#write(stayKey, { name, room });
    this.#write(talksKey(me, room), storedTalks(state));
  }

  #read(key: string): unknown {
    return attempt(() => JSON.parse(this.#stores.tab().getItem(key) ?? "") as unknown);
  }

  #write(key: string, value: unknown): void {
    attempt(() => this.#stores.tab().setItem(key, JSON.stringify(value)));
  }
}

interface StoredTalks {
  readonly open: string;
  readonly talks: readonly (readonly [string, { readonly entries: readonly Entry[]; readonly unread: number }])[];
  readonly drafts: readonly (readonly [string, Draft])[];
  readonly names: readonly (readonly [string, string])[];
}

function storedTalks({ open, talks, drafts, people }: InRoom): StoredTalks {
  return {
    open,
    talks: [...talks].map(([key, talk]) => [key, { ...talk, entries: talk.entries.slice(-keptEntries) }]),
    drafts: [...drafts],
    names: [...talks.keys()].flatMap((key) => {
      const person = people.get(key);
      return person === undefined ? [] : [[key, person.name] as const];
    }),
  };
}

function talksKey(id: string, room: string): string {
  return `peerloom.talks ${JSON.stringify([id, room])}`;
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
