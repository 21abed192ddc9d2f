import type { Packet, PathBytes, PathName } from "@peerloom/core";

/** Counts what travels by each path. Texts count UTF-16 units. */
export class PathBytesCount {
  readonly #counts = { relay: { sent: 0, received: 0 }, direct: { sent: 0, received: 0 } };

  /** By all paths and in both directions. */
  get total(): number {
    const { relay, direct } = this.#counts;
    return relay.sent + relay.received + direct.sent + direct.received;
  }

  sent(path: PathName, { text, attachments }: Packet): void {
    this.#counts[path].sent += attachments.reduce((sum, attachment) => sum + attachment.length, text.length);
  }

  received(path: PathName, bytes: number): void {
    this.#counts[path].received += bytes;
  }

  /** What it is now. */
  read(): { readonly [P in PathName]: PathBytes } {
    return { relay: { ...this.#counts.relay }, direct: { ...this.#counts.direct } };
  }
}
