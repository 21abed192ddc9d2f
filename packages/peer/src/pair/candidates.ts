/**
 * Candidates that came before the description they belong to. Holds `max` at most: then the oldest goes, because it is the likeliest
 * to belong to a description that never came.
 */
export class CandidateQueue {
  readonly #max: number;
  #waiting: RTCIceCandidateInit[] = [];

  constructor(max = 128) {
    this.#max = max;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(candidates: readonly RTCIceCandidateInit[]): void {
    this.#waiting.push(...candidates);
    if (this.#waiting.length > this.#max) this.#waiting.splice(0, this.#waiting.length - this.#max);
  }

  /** Takes those out that belong to the remote description `sdp`: the ones of its ICE credentials, and the ones that name none. */
  take(sdp: string | undefined): RTCIceCandidateInit[] {
    if (sdp === undefined) return [];
    const fragments = new Set([...sdp.matchAll(/^a=ice-ufrag:(\S+)/gm)].map((match) => match[1]));
    const isUsable = ({ usernameFragment }: RTCIceCandidateInit): boolean => !usernameFragment || fragments.has(usernameFragment);
    const usable = this.#waiting.filter(isUsable);
    this.#waiting = this.#waiting.filter((candidate) => !isUsable(candidate));
    return usable;
  }

  clear(): void {
    this.#waiting = [];
  }
}
