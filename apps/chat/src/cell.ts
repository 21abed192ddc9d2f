import type { Unsubscribe } from "@peerloom/client";

/** A value that those who look at it hear changing: for what changes often and concerns little of the page. */
export interface Cell<T> {
  readonly value: T;
  set(value: T): void;
  listen(listener: () => void): Unsubscribe;
}

export function createCell<T>(initial: T): Cell<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get value() {
      return value;
    },
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Cells by name, made when they are asked for. */
export class Cells<T> {
  readonly #cells = new Map<string, Cell<T>>();
  readonly #initial: T;

  constructor(initial: T) {
    this.#initial = initial;
  }

  at(key: string): Cell<T> {
    const cell = this.#cells.get(key) ?? createCell(this.#initial);
    this.#cells.set(key, cell);
    return cell;
  }

  get keys(): readonly string[] {
    return [...this.#cells.keys()];
  }

  clear(): void {
    for (const cell of this.#cells.values()) cell.set(this.#initial);
    this.#cells.clear();
  }
}
