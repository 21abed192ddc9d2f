import { parseMemberCard } from "@peerloom/app-chat-wire";
import type { Room } from "@peerloom/client";

/** A card may come a moment after the first word of the peer it names. */
const patienceMs = 5000;

/** Which person of the room a peer in the call belongs to: the relay proves who says so. */
export class Callers {
  readonly #room: Room;

  constructor(room: Room) {
    this.#room = room;
  }

  /** The id of the person, as long as that person says so. */
  personOf(peerId: string): string | undefined {
    for (const { id, metadata } of this.#room.members.values()) if (parseMemberCard(id, metadata).callId === peerId) return id;
    return undefined;
  }

  /** Waits a moment for somebody in the room to say that this is their peer. */
  know(peerId: string, signal: AbortSignal): Promise<boolean> {
    if (this.personOf(peerId) !== undefined) return Promise.resolve(true);
    return new Promise((resolve) => {
      const life = new AbortController();
      const finish = (isKnown: boolean): void => {
        life.abort();
        clearTimeout(timer);
        resolve(isKnown);
      };
      const timer = setTimeout(() => finish(false), patienceMs);
      const look = (): void => {
        if (this.personOf(peerId) !== undefined) finish(true);
      };
      for (const event of ["member:join", "member:update"] as const) this.#room.on(event, look, { signal: life.signal });
      signal.addEventListener("abort", () => finish(false), { signal: life.signal });
    });
  }
}
