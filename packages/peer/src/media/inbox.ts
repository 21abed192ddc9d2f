import type { Metadata } from "@peerloom/protocol";
import type { StreamInfo, TrackInfo } from "../pair/control.ts";

/** A track of a remote stream. */
export interface RemoteTrack {
  /** The id the publisher knows it by; another one when it was replaced. */
  readonly id: string;
  readonly kind: "audio" | "video";
  readonly track: MediaStreamTrack;
  readonly receiver: RTCRtpReceiver;
  /** The publisher has muted it. */
  readonly isMuted: boolean;
}

/** A stream that a remote peer publishes. */
export interface RemoteStream {
  readonly label: string;
  readonly metadata: Metadata | undefined;
  /** Undefined while nothing of it comes: this side has unsubscribed from it. */
  readonly stream: MediaStream | undefined;
  readonly tracks: readonly RemoteTrack[];
}

export type InboxEvent =
  | { readonly type: "stream:add" | "stream:remove" | "stream:update"; readonly stream: RemoteStream & { readonly stream: MediaStream } }
  | {
      readonly type: "track:add" | "track:remove" | "track:mute" | "track:unmute";
      readonly stream: RemoteStream & { readonly stream: MediaStream };
      readonly track: RemoteTrack;
    };

interface Incoming {
  label: string;
  metadata: Metadata | undefined;
  stream: MediaStream | undefined;
  tracks: RemoteTrack[];
}

export interface InboxHooks {
  event(event: InboxEvent): void;
  /** Makes the stream that tracks of one label are put in; undefined where the platform has none. */
  createStream(): MediaStream | undefined;
}

/** What one peer publishes to this one: compares its lists with what came, and tells the differences in the order in which they happen. */
export class Inbox {
  readonly #hooks: InboxHooks;
  readonly #byLabel = new Map<string, Incoming>();
  #last: readonly StreamInfo[] = [];

  constructor(hooks: InboxHooks) {
    this.#hooks = hooks;
  }

  get streams(): readonly RemoteStream[] {
    return [...this.#byLabel.values()].map((incoming) => ({ ...incoming, tracks: [...incoming.tracks] }));
  }

  /** Takes a list: removals first, then what is new, then what has changed. */
  take(pc: RTCPeerConnection, streams: readonly StreamInfo[]): void {
    this.#last = streams;
    const coming = new Map(streams.map((info) => [info.label, { info, tracks: resolve(pc, info.tracks) }]));
    for (const incoming of [...this.#byLabel.values()]) {
      const next = coming.get(incoming.label);
      this.#remove(incoming, next?.tracks ?? []);
      if (next === undefined) this.#byLabel.delete(incoming.label);
    }
    for (const { info, tracks } of coming.values()) this.#add(info, tracks);
  }

  /** Looks once more for the tracks of the last list: some backends have them only now. */
  refresh(pc: RTCPeerConnection): void {
    this.take(pc, this.#last);
  }

  /** The peer is gone, and all its streams with it. */
  clear(): void {
    this.#last = [];
    for (const incoming of [...this.#byLabel.values()]) this.#remove(incoming, []);
    this.#byLabel.clear();
  }

  #remove(incoming: Incoming, next: readonly RemoteTrack[]): void {
    const { stream } = incoming;
    if (stream === undefined) return;
    for (const track of [...incoming.tracks]) {
      if (next.some(({ id, track: media }) => id === track.id && media === track.track)) continue;
      incoming.tracks = incoming.tracks.filter((one) => one !== track);
      if (!next.some((one) => one.track === track.track)) stream.removeTrack?.(track.track);
      this.#emit("track:remove", incoming, track);
    }
    if (next.length > 0 || incoming.tracks.length > 0) return;
    const last = snapshot(incoming);
    incoming.stream = undefined;
    if (last !== undefined) this.#hooks.event({ type: "stream:remove", stream: last });
  }

  #add(info: StreamInfo, tracks: readonly RemoteTrack[]): void {
    const known = this.#byLabel.get(info.label);
    const incoming: Incoming = known ?? { label: info.label, metadata: info.metadata, stream: undefined, tracks: [] };
    this.#byLabel.set(info.label, incoming);
    const isUpdated = JSON.stringify(incoming.metadata) !== JSON.stringify(info.metadata);
    incoming.metadata = info.metadata;
    const isNew = incoming.stream === undefined && tracks.length > 0;
    if (isNew) incoming.stream = this.#hooks.createStream() ?? bareStream();
    const added = tracks.filter(({ id, track }) => !incoming.tracks.some((one) => one.id === id && one.track === track));
    const changed = tracks.filter(({ id, track, isMuted }) =>
      incoming.tracks.some((one) => one.id === id && one.track === track && one.isMuted !== isMuted),
    );
    incoming.tracks = tracks.map((track) => track);
    for (const { track } of added) incoming.stream?.addTrack?.(track);
    const now = snapshot(incoming);
    if (now === undefined) return;
    if (isNew) this.#hooks.event({ type: "stream:add", stream: now });
    else if (isUpdated) this.#hooks.event({ type: "stream:update", stream: now });
    for (const track of added) this.#emit("track:add", incoming, track);
    for (const track of changed) this.#emit(track.isMuted ? "track:mute" : "track:unmute", incoming, track);
  }

  #emit(type: "track:add" | "track:remove" | "track:mute" | "track:unmute", incoming: Incoming, track: RemoteTrack): void {
    const stream = snapshot(incoming);
    if (stream !== undefined) this.#hooks.event({ type, stream, track });
  }
}

function snapshot({ label, metadata, stream, tracks }: Incoming): (RemoteStream & { readonly stream: MediaStream }) | undefined {
  return stream === undefined ? undefined : { label, metadata, stream, tracks: [...tracks] };
}

/** The tracks of a list that have come. */
function resolve(pc: RTCPeerConnection, tracks: readonly TrackInfo[]): RemoteTrack[] {
  if (tracks.length === 0) return [];
  const transceivers = pc.getTransceivers();
  return tracks.flatMap(({ id, kind, mid, isMuted }) => {
    const receiver = mid === undefined ? undefined : transceivers.find((one) => one.mid === mid)?.receiver;
    return receiver?.track ? [{ id, kind, track: receiver.track, receiver, isMuted }] : [];
  });
}

/** Where the platform has no `MediaStream`: enough of one for programs that look at its tracks. */
function bareStream(): MediaStream {
  const tracks = new Set<MediaStreamTrack>();
  const stream = {
    getTracks: () => [...tracks],
    getAudioTracks: () => [...tracks].filter(({ kind }) => kind === "audio"),
    getVideoTracks: () => [...tracks].filter(({ kind }) => kind === "video"),
    addTrack: (track: MediaStreamTrack) => void tracks.add(track),
    removeTrack: (track: MediaStreamTrack) => void tracks.delete(track),
  };
  return stream as unknown as MediaStream;
}
