import { expect, test } from "vitest";
import { Memory } from "../src/storage.ts";
import type { Stores } from "../src/storage.ts";
import { adaWithBob, heard, say } from "./page.ts";

/** Web storage in memory. */
class Shelf implements Storage {
  readonly #items = new Map<string, string>();
  get length(): number {
    return this.#items.size;
  }
  clear(): void {
    this.#items.clear();
  }
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }
  removeItem(key: string): void {
    this.#items.delete(key);
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}

function makeStores(): Stores {
  const device = new Shelf();
  const tab = new Shelf();
  return { device: () => device, tab: () => tab };
}

test("name, stay and talks are there again after a reload", () => {
  const stores = makeStores();
  const { room } = adaWithBob().tell(heard("bob", "bob", "1"), say("", "2"), { type: "draft", talk: "bob", text: "wel" });
  new Memory(stores).keep(room);

  const memory = new Memory(stores);

  expect(memory.name()).toBe("Ada");
  expect(memory.stay("#lobby")).toEqual({ name: "Ada", room: "lobby" });
  expect(memory.stay("#tea")).toEqual({ name: "Ada", room: "tea" });
  expect(memory.kept("ada", "lobby")).toEqual({ open: "", talks: room.talks, drafts: room.drafts, names: new Map([["bob", "Bob"]]) });
  expect(memory.kept("ada", "tea")).toBeUndefined();
});

test("whoever left is asked again, with the name filled in", () => {
  const memory = new Memory(makeStores());
  memory.keep(adaWithBob().state);

  memory.keep({ at: "door", name: "Ada", room: "lobby" });

  expect(memory.stay("#lobby")).toBeUndefined();
  expect(memory.name()).toBe("Ada");
});

test.each(["", "{", "null", "5", '{"talks":5}', '{"talks":[[1]],"names":[]}'])("what is stored as %j is forgotten", (text) => {
  const tab = new Shelf();
  tab.setItem("peerloom.stay", text);
  tab.setItem('peerloom.talks ["ada","lobby"]', text);
  const memory = new Memory({ ...makeStores(), tab: () => tab });

  expect(memory.stay("#lobby")).toBeUndefined();
  expect(memory.kept("ada", "lobby")).toBeUndefined();
});

test("a browser that forbids storage only makes it forget", () => {
  const forbidden = (): never => {
    throw new DOMException("forbidden", "SecurityError");
  };
  const memory = new Memory({ device: forbidden, tab: forbidden });

  memory.keep(adaWithBob().state);

  expect(memory.name()).toBe("");
  expect(memory.stay("#lobby")).toBeUndefined();
});
