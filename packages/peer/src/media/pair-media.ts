import type { RemotePeer, StreamEvent, TrackEvent } from "../events.ts";
import { CONTROL } from "../limits.ts";
import type { ControlMessage, StreamInfo } from "../pair/control.ts";
import { Inbox, type InboxEvent, type RemoteStream } from "./inbox.ts";
import { Outbox } from "./outbox.ts";
import type { Publication } from "./publication.ts";

export interface PairMediaHooks {
  remote(): RemotePeer;
  publications(): readonly Publication[];
  event(event: StreamEvent<"add" | "remove" | "update"> | TrackEvent<"add" | "remove" | "mute" | "unmute">): void;
  readonly error: (error: unknown) => void;
}

/** Which labels a side wants: all but some, or none but some. */
interface Wants {
  isAll: boolean;
  /** The labels that are the other way. */
  readonly labels: Set<string>;
}

/** The media of one pair: what goes out, what comes in, and what each side wants of it. Survives a new connection. */
export class PairMedia {
  readonly #hooks: PairMediaHooks;
  readonly #inbox: Inbox;
  readonly #own: Wants;
  #theirs: Wants = { isAll: true, labels: new Set() };
  #outbox: Outbox;

  constructor(hooks: PairMediaHooks, isSubscribed: boolean) {
    this.#hooks = hooks;
    this.#own = { isAll: isSubscribed, labels: new Set() };
    this.#outbox = new Outbox(hooks.error);
    this.#inbox = new Inbox({
      event: (event) => this.#told(event),
      createStream: () => (typeof MediaStream === "undefined" ? undefined : new MediaStream()),
    });
  }

  get streams(): readonly RemoteStream[] {
    return this.#inbox.streams;
  }

  /** A new connection begins without transceivers. */
  reset(): void {
    this.#outbox = new Outbox(this.#hooks.error);
  }

  arrange(pc: RTCPeerConnection): Promise<"offer" | "list" | "nothing"> {
    const remote = this.#hooks.remote();
    const allowed = this.#hooks.publications().filter(({ filter }) => this.#allows(filter, remote));
    const isWanted = ({ label }: Publication): boolean => this.#theirs.isAll !== this.#theirs.labels.has(label);
    return this.#outbox.arrange(
      pc,
      allowed.filter(isWanted),
      allowed.filter((publication) => !isWanted(publication)),
    );
  }

  list(): readonly StreamInfo[] {
    return this.#outbox.list();
  }

  take(pc: RTCPeerConnection, streams: readonly StreamInfo[]): void {
    this.#inbox.take(pc, streams);
  }

  refresh(pc: RTCPeerConnection): void {
    this.#inbox.refresh(pc);
  }

  /** What this side wants from now on; says whether that has changed. Without a label it is about all. */
  want(label: string | undefined, isWanted: boolean): boolean {
    const { labels } = this.#own;
    if (label === undefined) {
      const hasChanged = this.#own.isAll !== isWanted || labels.size > 0;
      this.#own.isAll = isWanted;
      labels.clear();
      return hasChanged;
    }
    const isException = this.#own.isAll !== isWanted;
    if (labels.has(label) === isException) return false;
    if (!isException) labels.delete(label);
    else if (labels.size < CONTROL.maxUnwanted) labels.add(label);
    return true;
  }

  /** What to tell the other side of it. */
  wants(): ControlMessage {
    return { type: "unwanted", isAll: !this.#own.isAll, labels: [...this.#own.labels] };
  }

  /** The other side told what it does not want: all but `labels`, or only those. */
  heed(isAllUnwanted: boolean, labels: readonly string[]): void {
    this.#theirs = { isAll: !isAllUnwanted, labels: new Set(labels) };
  }

  /** The pair has ended. */
  clear(): void {
    this.#inbox.clear();
  }

  #allows(filter: Publication["filter"], remote: RemotePeer): boolean {
    if (filter === undefined) return true;
    try {
      return filter(remote) === true;
    } catch (thrown) {
      // Whoever the filter cannot judge gets nothing.
      this.#hooks.error(thrown);
      return false;
    }
  }

  #told(event: InboxEvent): void {
    const { label, metadata, stream } = event.stream;
    const remote = this.#hooks.remote();
    if (!("track" in event)) return this.#hooks.event({ name: event.type, remote, label, metadata, stream });
    const { track, receiver, id: trackId, kind, isMuted } = event.track;
    this.#hooks.event({ name: event.type, remote, label, stream, track, receiver, trackId, kind, isMuted });
  }
}
