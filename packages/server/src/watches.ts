import type { Notices } from "@peerloom/protocol";
import type { Watcher } from "./client.ts";

/** Who wants to hear about whom. Ids need not be known: a watch outlives the watched, and may come before it. */
export class Watches {
  readonly #watchers = new Map<string, Set<Watcher>>();

  /** Ids that are watched by anyone. */
  get size(): number {
    return this.#watchers.size;
  }

  add(watcher: Watcher, id: string): void {
    const set = this.#watchers.get(id);
    if (set === undefined) this.#watchers.set(id, new Set([watcher]));
    else set.add(watcher);
  }

  remove(watcher: Watcher, id: string): void {
    const set = this.#watchers.get(id);
    if (set?.delete(watcher) && set.size === 0) this.#watchers.delete(id);
  }

  /** How many watch `id`. */
  count(id: string): number {
    return this.#watchers.get(id)?.size ?? 0;
  }

  /** Tells the watchers of an id, but for one, what became of it. */
  tell(notice: Notices["presence"], except?: Watcher): void {
    const set = this.#watchers.get(notice.id);
    if (set === undefined) return;
    for (const watcher of set) if (watcher !== except) watcher.presence(notice);
  }

  clear(): void {
    this.#watchers.clear();
  }
}
