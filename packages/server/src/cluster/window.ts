/** Bytes on their way to all other nodes together: Redis cuts a node off for which 32 MiB wait, unless it is told otherwise. */
const totalBytes = 24 * 1024 * 1024;
/** Bytes on their way to one other node, at most. */
const maxBytes = 4 * 1024 * 1024;
/** A node says what it has taken when it has come to so much. */
const confirmBytes = 262_144;
/** What a packet costs beside its text and attachments. */
const packetBytes = 128;

/** How much of what goes between two nodes is under way: what was sent and not confirmed, and what has come and is to be confirmed. */
export class NodeWindow {
  #unconfirmed = 0;
  #taken = 0;
  /** What was unconfirmed when it was last looked at: what stays as it is for so long is lost. */
  #seen = 0;
  #isFull = false;

  /** Bytes sent and not confirmed. */
  get unconfirmed(): number {
    return this.#unconfirmed;
  }

  /** Is so much under way that no more should be sent? `nodes` is how many others there are: all of them may send to one. */
  isFull(nodes: number): boolean {
    this.#isFull ||= this.#unconfirmed >= Math.min(maxBytes, totalBytes / Math.max(1, nodes));
    return this.#isFull;
  }

  sent(bytes: number): void {
    this.#unconfirmed += bytes + packetBytes;
  }

  /** @returns what is to be confirmed now; 0 when there is no hurry. */
  took(bytes: number): number {
    this.#taken += bytes + packetBytes;
    if (this.#taken < confirmBytes) return 0;
    const taken = this.#taken;
    this.#taken = 0;
    return taken;
  }

  /** @returns whether it was full, and may be sent to again. */
  confirmed(bytes: number): boolean {
    this.#unconfirmed = Math.max(0, this.#unconfirmed - bytes);
    if (!this.#isFull || this.#unconfirmed > confirmBytes) return false;
    this.#isFull = false;
    return true;
  }

  /** Called once in a while: what was full all the time and not confirmed will not be any more. @returns whether it may be sent to again. */
  look(): boolean {
    const isStuck = this.#isFull && this.#unconfirmed === this.#seen;
    this.#seen = this.#unconfirmed;
    return isStuck && this.confirmed(this.#unconfirmed);
  }

  reset(): void {
    this.#unconfirmed = 0;
    this.#taken = 0;
    this.#seen = 0;
    this.#isFull = false;
  }
}
