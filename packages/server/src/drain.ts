import type { Admission } from "./admission.ts";
import { checkMilliseconds } from "./options.ts";

/** How a relay lets go of its clients. */
export interface DrainOptions {
  /** Clients are asked to move one after the other, spread over this time, in milliseconds. @defaultValue 10_000 */
  readonly windowMs?: number | undefined;
  /** After this time all clients have been asked, whatever they are doing, in milliseconds; not less than `windowMs`. @defaultValue 25_000 */
  readonly deadlineMs?: number | undefined;
}

/** What came of it. */
export interface DrainReport {
  /** Clients that were asked to move. */
  readonly moved: number;
  /** Those of them that had streams or requests of the relay itself under way at the deadline. */
  readonly cut: number;
}

/** The same with every default filled in. */
export type DrainSettings = { readonly [K in keyof DrainOptions]-?: number };

/** What a draining needs of the relay. */
export interface DrainHost {
  now(): number;
  guard(run: () => void): void;
  /** Clients with a connection, or about to have one. */
  live(): Admission[];
  /** Has the client streams or requests of the relay itself under way? */
  isBusy(admission: Admission): boolean;
  ask(admission: Admission): void;
}

/** How often it looks whom to ask, in milliseconds. */
const tickMs = 20;

/** @throws TypeError or RangeError naming the wrong option. */
export function resolveDrain({ windowMs = 10_000, deadlineMs = Math.max(25_000, windowMs) }: DrainOptions = {}): DrainSettings {
  checkMilliseconds("windowMs", windowMs, 0);
  checkMilliseconds("deadlineMs", deadlineMs, 0);
  if (deadlineMs < windowMs) throw new RangeError(`option deadlineMs must not be less than windowMs (${windowMs}), but is ${deadlineMs}`);
  return { windowMs, deadlineMs };
}

/** How many of `total` have been asked when `elapsedMs` of the window are over. */
export function dueBy(elapsedMs: number, windowMs: number, total: number): number {
  if (elapsedMs >= windowMs) return total;
  return Math.min(total, Math.ceil((total * elapsedMs) / windowMs));
}

/**
 * Asks all clients to move, spread over the window: a connection ends with `bye` `CLOSED`, and its client connects anew, elsewhere. Those
 * with streams or requests of the relay itself are asked when these have ended, at the deadline at last. All else between clients is in
 * their own keeping, and goes on from where they meet again.
 */
export class Drain {
  /** Resolves when nobody is connected any more, or `stop` was called. */
  readonly done: Promise<DrainReport>;
  readonly #host: DrainHost;
  readonly #settings: DrainSettings;
  readonly #startedAt: number;
  readonly #total: number;
  #resolve: (report: DrainReport) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #waiting: Admission[];
  #moved = 0;

  constructor(host: DrainHost, settings: DrainSettings) {
    this.#host = host;
    this.#settings = settings;
    this.#startedAt = host.now();
    this.#waiting = host.live();
    this.#total = this.#waiting.length;
    this.done = new Promise((resolve) => (this.#resolve = resolve));
    this.#tick();
  }

  stop(): void {
    this.#end(0);
  }

  #tick(): void {
    const { windowMs, deadlineMs } = this.#settings;
    const elapsedMs = this.#host.now() - this.#startedAt;
    this.#askIdle(dueBy(elapsedMs, windowMs, this.#total) - this.#moved);
    // Some were still on their way in when it began.
    if (elapsedMs >= windowMs) this.#waiting = this.#host.live();
    if (this.#waiting.length === 0) return this.#end(0);
    if (elapsedMs >= deadlineMs) return this.#cut();
    this.#timer = setTimeout(() => this.#host.guard(() => this.#tick()), tickMs);
  }

  #askIdle(due: number): void {
    const kept: Admission[] = [];
    let left = due;
    for (const admission of this.#waiting) {
      const { client } = admission;
      if (client.link.at === "away" || client.link.at === "gone") continue;
      if (left > 0 && client.link.at === "here" && !this.#host.isBusy(admission)) {
        this.#ask(admission);
        left -= 1;
      } else kept.push(admission);
    }
    this.#waiting = kept;
  }

  #cut(): void {
    const rest = this.#host.live();
    for (const admission of rest) this.#ask(admission);
    this.#end(rest.length);
  }

  #ask(admission: Admission): void {
    this.#moved += 1;
    this.#host.ask(admission);
  }

  #end(cut: number): void {
    clearTimeout(this.#timer);
    this.#resolve({ moved: this.#moved, cut });
  }
}
