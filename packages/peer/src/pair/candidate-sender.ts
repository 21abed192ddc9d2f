/** Milliseconds in which candidates are gathered into one message. */
const GATHER_MS = 20;
const MAX_IN_MESSAGE = 64;

/** Sends the candidates of one connection: none before the description they belong to. */
export class CandidateSender {
  readonly #send: (candidates: readonly RTCIceCandidateInit[]) => void;
  #waiting: RTCIceCandidateInit[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasBegun = false;

  constructor(send: (candidates: readonly RTCIceCandidateInit[]) => void) {
    this.#send = send;
  }

  /** A description has been sent. */
  begin(): void {
    this.#hasBegun = true;
    this.#flush();
  }

  add(candidate: RTCIceCandidate | null): void {
    // The end of candidates is nothing that the other side has to know.
    if (!candidate?.candidate) return;
    const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    this.#waiting.push({ candidate: line, sdpMid, sdpMLineIndex, usernameFragment: usernameFragment ?? null });
    // The first at once, for it is mostly the one that works; the others together.
    if (this.#timer !== undefined) return;
    this.#flush();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, GATHER_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #flush(): void {
    while (this.#hasBegun && this.#waiting.length > 0) this.#send(this.#waiting.splice(0, MAX_IN_MESSAGE));
  }
}
