import type { PathName } from "@peerloom/core";

/** More than these are not remembered: the newest tell the most. */
const MAX_ASKED = 32;

/** Questions that are under way, by path: which packet asked, so that the answer tells about all that left before it. */
export class Probes {
  readonly #asked: { readonly [P in PathName]: { readonly h: number; readonly serial: number }[] } = { relay: [], direct: [] };

  asked(path: PathName, h: number, serial: number): void {
    const asked = this.#asked[path];
    asked.push({ h, serial });
    if (asked.length > MAX_ASKED) asked.shift();
  }

  /** The number of the packet that asked; undefined when none did. Older questions on this path will not be answered any more. */
  answered(path: PathName, e: number): number | undefined {
    const asked = this.#asked[path];
    const index = asked.findIndex(({ h }) => h === e);
    return index === -1 ? undefined : asked.splice(0, index + 1).at(-1)?.serial;
  }

  /** Is an answer still due by this path? */
  isWaiting(path: PathName): boolean {
    return this.#asked[path].length > 0;
  }

  /** Nothing comes by this path any more. */
  forget(path: PathName): void {
    this.#asked[path].length = 0;
  }
}
