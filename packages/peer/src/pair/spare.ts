/**
 * An `RTCPeerConnection` that is made before anybody needs it: making one, and its certificate, takes milliseconds that a first offer or
 * its answer would wait for. One at most; it does nothing until it is taken.
 */
export class Spare {
  readonly #make: () => RTCPeerConnection;
  #spare: RTCPeerConnection | undefined;

  constructor(make: () => RTCPeerConnection) {
    this.#make = make;
  }

  /** Makes one, unless there is one. What keeps it from being made is told by `take`. */
  prepare(): void {
    try {
      this.#spare ??= this.#make();
    } catch {
      this.#spare = undefined;
    }
  }

  /** The one that was prepared, or a new one. @throws whatever the implementation throws at its configuration. */
  take(): RTCPeerConnection {
    const pc = this.#spare;
    this.#spare = undefined;
    return pc ?? this.#make();
  }

  close(): void {
    this.#spare?.close();
    this.#spare = undefined;
  }
}
