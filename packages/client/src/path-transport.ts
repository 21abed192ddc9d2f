import type { DirectPaths, Packet, PathName, Transport } from "@peerloom/core";

/** Carries an endpoint's packets by the path that their session has chosen. */
export class PathTransport implements Transport {
  readonly #relay: Transport;
  /** Set once, before the first session. */
  direct: DirectPaths | undefined;

  constructor(relay: Transport) {
    this.#relay = relay;
  }

  send(to: string, serial: number, packet: Packet, path: PathName): boolean {
    // What was meant for a direct path that is gone is lost with it: the session has been told.
    return path === "direct" ? (this.direct?.send(to, packet) ?? true) : this.#relay.send(to, serial, packet, path);
  }

  watch(ids: readonly string[]): void {
    this.#relay.watch(ids);
  }

  unwatch(ids: readonly string[]): void {
    this.#relay.unwatch(ids);
  }
}
