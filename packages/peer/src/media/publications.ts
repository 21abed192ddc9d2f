import { PeerloomError } from "@peerloom/core";
import { CONTROL } from "../limits.ts";
import { toPublication, type Publication, type PublishOptions } from "./publication.ts";

export interface PublicationsHooks {
  /** What is published has changed. */
  changed(): void;
}

/** What this peer publishes, to all it meets now and later. Tracks that end are taken out by themselves. */
export class Publications {
  readonly #hooks: PublicationsHooks;
  readonly #byLabel = new Map<string, Publication>();
  readonly #ends = new Map<MediaStreamTrack, () => void>();

  constructor(hooks: PublicationsHooks) {
    this.#hooks = hooks;
  }

  get all(): readonly Publication[] {
    return [...this.#byLabel.values()];
  }

  get(label: string): Publication | undefined {
    return this.#byLabel.get(label);
  }

  /** Publishes, or replaces what was published under the label. @throws PeerloomError `LIMIT` when there are too many. */
  publish(options: PublishOptions): Publication {
    const publication = toPublication(options, this.#byLabel.get(options.label ?? "default"));
    if (!this.#byLabel.has(publication.label) && this.#byLabel.size >= CONTROL.maxStreams)
      throw new PeerloomError("LIMIT", `there are ${CONTROL.maxStreams} streams already`);
    this.#set(publication);
    return publication;
  }

  /** Returns false when nothing is published under the label. */
  unpublish(label: string): boolean {
    if (!this.#byLabel.delete(label)) return false;
    this.#watch();
    this.#hooks.changed();
    return true;
  }

  /** Puts `to` in the place of `from`, muted if that was. @throws PeerloomError `NOT_PUBLISHED` when `from` is not published there. */
  replaceTrack(label: string, from: MediaStreamTrack, to: MediaStreamTrack): void {
    const publication = this.#need(label);
    if (!publication.tracks.some(({ track }) => track === from))
      throw new PeerloomError("NOT_PUBLISHED", `"${label}" has no such track to replace`);
    if (to.kind !== from.kind) throw new TypeError(`a track of ${from.kind} cannot be replaced by one of ${to.kind}`);
    this.#set({ ...publication, tracks: publication.tracks.map((one) => (one.track === from ? { ...one, track: to } : one)) });
  }

  /** Mutes or unmutes the tracks of a kind, or all. @throws PeerloomError `NOT_PUBLISHED` when nothing is published under the label. */
  setMuted(label: string, isMuted: boolean, kind: "audio" | "video" | undefined): void {
    const publication = this.#need(label);
    const tracks = publication.tracks.map((one) => (kind === undefined || one.track.kind === kind ? { ...one, isMuted } : one));
    this.#set({ ...publication, tracks });
  }

  clear(): void {
    this.#byLabel.clear();
    this.#watch();
  }

  #need(label: string): Publication {
    const publication = this.#byLabel.get(label);
    if (publication === undefined) throw new PeerloomError("NOT_PUBLISHED", `nothing is published under "${label}"`);
    return publication;
  }

  #set(publication: Publication): void {
    this.#byLabel.set(publication.label, publication);
    this.#watch();
    this.#hooks.changed();
  }

  /** Listens to the end of exactly the tracks that are published. */
  #watch(): void {
    const tracks = new Set(this.all.flatMap((publication) => publication.tracks.map(({ track }) => track)));
    for (const [track, stop] of this.#ends) if (!tracks.has(track)) stop();
    for (const track of tracks) {
      if (this.#ends.has(track)) continue;
      const ended = (): void => this.#ended(track);
      track.addEventListener?.("ended", ended);
      this.#ends.set(track, () => {
        track.removeEventListener?.("ended", ended);
        this.#ends.delete(track);
      });
    }
  }

  #ended(ended: MediaStreamTrack): void {
    for (const publication of this.all) {
      const tracks = publication.tracks.filter(({ track }) => track !== ended);
      if (tracks.length === publication.tracks.length) continue;
      if (tracks.length === 0) this.unpublish(publication.label);
      else this.#set({ ...publication, tracks });
    }
  }
}
