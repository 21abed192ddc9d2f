import { createDriver } from "./create-driver.ts";
import type { Driver } from "./driver.ts";
import type { Medium, MediumEvents } from "./medium.ts";

/** Where the memory drivers of one program meet. */
export class MemoryHub {
  readonly #members = new Set<Member>();
  #isUp = true;
  #published = 0;

  /** How many messages were published here, for tests that count. */
  get published(): number {
    return this.#published;
  }

  /** How many subscriptions there are; none is left when all drivers are closed. */
  get subscriptions(): number {
    let count = 0;
    for (const { addresses } of this.#members) count += addresses.size;
    return count;
  }

  /** Puts the hub out of reach of its drivers, as the end of a broker would: it forgets who listens, and what is under way is lost. */
  cut(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    for (const member of this.#members) {
      member.addresses = new Set();
      member.events.inactive();
    }
  }

  /** Puts it back. */
  restore(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    for (const member of this.#members) member.events.active();
  }

  /** Not part of the API: use `memoryDriver`. */
  connect(events: MediumEvents): Medium {
    const member: Member = { events, addresses: new Set() };
    this.#members.add(member);
    if (this.#isUp) events.active();
    return {
      subscribe: (address) => void member.addresses.add(address),
      unsubscribe: (address) => void member.addresses.delete(address),
      publish: (address, bytes) => this.#publish(address, bytes),
      close: () => void this.#members.delete(member),
    };
  }

  /** Delivered in a later microtask, as over any other medium, to those who are subscribed now. */
  #publish(address: string, bytes: Uint8Array): void {
    this.#published += 1;
    for (const { addresses, events } of this.#members) {
      if (addresses.has(address)) queueMicrotask(() => addresses.has(address) && events.message(address, bytes));
    }
  }
}

interface Member {
  readonly events: MediumEvents;
  /** Made anew when the hub is cut: what was under way finds the old ones gone. */
  addresses: Set<string>;
}

/** A driver in memory: all those on one hub meet, at once and without loss. @param hub a new one unless given. */
export function memoryDriver(hub: MemoryHub = new MemoryHub()): Driver {
  return createDriver({ name: "memory", isShared: false, hasEcho: true }, (events) => hub.connect(events));
}
