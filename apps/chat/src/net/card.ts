import type { MemberCard } from "@peerloom/app-chat-wire";
import type { Room } from "@peerloom/client";

/** What this page tells the room about its person. What changes while the relay is asked is told next, all at once. */
export class Card {
  readonly #room: Room;
  #card: MemberCard;
  #isTelling = false;
  #isStale = false;

  constructor(room: Room, name: string) {
    this.#room = room;
    this.#card = { name, status: "here", isTyping: false };
  }

  set(change: Partial<MemberCard>): void {
    const next = { ...this.#card, ...change };
    if ((Object.keys(change) as (keyof MemberCard)[]).every((key) => this.#card[key] === next[key])) return;
    this.#card = next;
    this.#isStale = true;
    if (!this.#isTelling) void this.#tell();
  }

  async #tell(): Promise<void> {
    this.#isTelling = true;
    while (this.#isStale) {
      this.#isStale = false;
      const { callId, ...card } = this.#card;
      try {
        await this.#room.setMetadata(callId === undefined ? card : { ...card, callId });
      } catch {
        // The connection is lost, or the room is left. Offline, the room tells it when it is joined again.
      }
    }
    this.#isTelling = false;
  }
}
