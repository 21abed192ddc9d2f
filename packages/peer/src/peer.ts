import { Emitter, PeerloomError } from "@peerloom/core";
import { checkMetadata, checkName, metadataBytes, type Metadata } from "@peerloom/protocol";
import { createIdentity, SIGNAL, type Identity } from "@peerloom/signaling";
import { toChannelInfo, type OpenOptions } from "./channel-options.ts";
import type { Channel } from "./channels/index.ts";
import type { GroupEvent, PeerEvents, RemotePeer } from "./events.ts";
import type { JoinOptions, StreamFilter } from "./join-options.ts";
import type { RemoteStream } from "./media/inbox.ts";
import type { Publication, PublishOptions } from "./media/publication.ts";
import { Publications } from "./media/publications.ts";
import { settle, type PeerOptions, type Settings } from "./options.ts";
import type { Pair } from "./pair/pair.ts";
import { watchPlatform } from "./platform.ts";
import { Room } from "./room/room.ts";
import { sendToAll, type SendOptions, type SendResult } from "./send.ts";
import { StatsReader } from "./stats-reader.ts";
import type { PeerStats } from "./stats.ts";

/**
 * A peer in a room: connected to each other peer by one `RTCPeerConnection`, which carries media and channels of both directions. What is
 * published and opened is there for everyone in the room, whenever they come; it stays when the peer leaves, for the next room.
 */
export class Peer extends Emitter<PeerEvents> implements AsyncDisposable {
  readonly #settings: Settings;
  readonly #publications = new Publications({ changed: () => this.#arrange() });
  readonly #channels = new Map<string, ReturnType<typeof toChannelInfo>>();
  readonly #wants = new Map<string, boolean>();
  readonly #stats: StatsReader;
  #identity: Identity | undefined;
  #room: Room | undefined;
  /** Set from the beginning of `join` to `leave`. */
  #stay: { readonly name: string } | undefined;
  #leaving: Promise<void> | undefined;
  #unwatch: (() => void) | undefined;
  #id: string;
  #dropped = 0;

  /** @throws TypeError, RangeError for wrong options, PeerloomError `NO_WEBRTC` on a platform without WebRTC and without `rtc`. */
  constructor(options: PeerOptions) {
    super();
    this.#settings = settle(options);
    this.#stats = new StatsReader(this.#settings.now);
    this.#identity = this.#settings.identity;
    if (options.id !== undefined) checkName(options.id, "a peer's id");
    this.#id = options.id ?? this.#identity?.id ?? (this.#settings.isSealed ? "" : crypto.randomUUID());
  }

  /** Of a peer that seals and was given neither an id nor an identity it is made of its key, and empty until it joins. */
  get id(): string {
    return this.#id;
  }

  /** The room's name, between `join` and `leave`. */
  get room(): string | undefined {
    return this.#room?.name;
  }

  /** Everyone this peer is connected to, or is about to be. */
  get remotes(): readonly RemotePeer[] {
    return this.#pairs.map(({ remote }) => remote);
  }

  /** How many signaling and control messages were dropped because they were malformed or forged. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What this peer publishes. */
  get publications(): readonly Publication[] {
    return this.#publications.all;
  }

  /** What a remote peer publishes: those without a `stream` are not subscribed. Empty for an unknown peer. */
  streams(id: string): readonly RemoteStream[] {
    return this.#room?.pair(id)?.streams ?? [];
  }

  /**
   * Enters a room; resolves once its members have been told. They connect to this peer from then on.
   *
   * @throws TypeError for a wrong name, PeerloomError `ALREADY_JOINED` between `join` and `leave`, `TOO_LARGE` for large metadata, `ABORTED`
   * when `leave` was called meanwhile, or what the driver failed with.
   */
  async join(options: JoinOptions | string = {}): Promise<void> {
    const { room: name = "default", metadata, verify } = typeof options === "string" ? { room: options } : options;
    checkName(name, "a room's name");
    const checked = this.#checkMetadata(metadata);
    if (verify !== undefined && typeof verify !== "function") throw new TypeError("verify must be a function");
    if (this.#stay !== undefined)
      throw new PeerloomError("ALREADY_JOINED", `this peer is in the room "${this.#stay.name}" already: leave it first`);
    const stay = { name };
    this.#stay = stay;
    await this.#leaving;
    if (this.#settings.isSealed && this.#identity === undefined) {
      try {
        this.#identity = await createIdentity();
      } catch (error) {
        if (this.#stay === stay) this.#stay = undefined;
        throw error;
      }
    }
    if (this.#stay !== stay) throw new PeerloomError("ABORTED", "the peer left before it had joined");
    if (this.#id === "") this.#id = this.#identity?.id ?? "";
    const room = new Room({
      settings: { ...this.#settings, id: this.#id, identity: this.#identity },
      room: name,
      metadata: checked,
      verify,
      hooks: {
        publications: () => this.#publications.all,
        paired: (pair) => this.#paired(pair),
        emit: (event) => this.#tell(event),
        hearsMessages: () => this.listenerCount("channel:message") + this.listenerCount("channel") > 0,
        metadataChanged: (remote) => this.emit("metadata", { remote }),
        limit: (id) => this.emit("limit", { id, maxPeers: this.#settings.maxPeers }),
        error: (error, remote) => this.#fail(error, remote),
        bad: (error, remote) => {
          this.#dropped += 1;
          this.#fail(error, remote);
        },
      },
    });
    this.#room = room;
    this.#unwatch = watchPlatform({ online: () => room.comeBack(), hidden: () => room.vanish() });
    try {
      await room.enter();
    } catch (error) {
      if (this.#room === room) await this.leave();
      throw error;
    }
  }

  /** Leaves the room; the others see this peer closed, without an error. Never rejects. */
  leave(): Promise<void> {
    const room = this.#room;
    this.#stay = undefined;
    if (room === undefined) return this.#leaving ?? Promise.resolve();
    this.#room = undefined;
    this.#unwatch?.();
    this.#leaving = room.leave().finally(() => (this.#leaving = undefined));
    return this.#leaving;
  }

  /** Leaves, unpublishes and removes all listeners. The driver stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
    this.#publications.clear();
    this.#channels.clear();
    this.removeAllListeners();
  }

  /** Changes what the others see of this peer. @throws PeerloomError `NOT_A_MEMBER` outside of a room, `TOO_LARGE` */
  setMetadata(metadata: Metadata | undefined): void {
    this.#need().setMetadata(this.#checkMetadata(metadata));
  }

  /**
   * Sends a stream to everyone in the room, and to all who come. Under a label that is published already it takes the place of what
   * was there: tracks of the same kind are replaced without a new negotiation. Tracks that end are taken out.
   *
   * @throws TypeError for a stream without a live track, PeerloomError `LIMIT`, `TOO_LARGE`.
   */
  publish(options: PublishOptions | MediaStream): Publication {
    return this.#publications.publish("getTracks" in options ? { stream: options } : options);
  }

  /** Ends what is published under a label. Its tracks go on: whoever made them stops them. Returns false when there was nothing. */
  unpublish(target: string | { readonly label?: string } = {}): boolean {
    return this.#publications.unpublish(typeof target === "string" ? target : (target.label ?? "default"));
  }

  /** Puts one track in the place of another of its kind, at all peers. @throws PeerloomError `NOT_PUBLISHED`, TypeError for another kind. */
  replaceTrack({
    label = "default",
    from,
    to,
  }: {
    readonly label?: string;
    readonly from: MediaStreamTrack;
    readonly to: MediaStreamTrack;
  }): void {
    this.#publications.replaceTrack(label, from, to);
  }

  /** Sends nothing of these tracks until `unmute`; the others are told. @throws PeerloomError `NOT_PUBLISHED` */
  mute({ label = "default", kind }: { readonly label?: string; readonly kind?: "audio" | "video" } = {}): void {
    this.#publications.setMuted(label, true, kind);
  }

  /** Undoes `mute`. @throws PeerloomError `NOT_PUBLISHED` */
  unmute({ label = "default", kind }: { readonly label?: string; readonly kind?: "audio" | "video" } = {}): void {
    this.#publications.setMuted(label, false, kind);
  }

  /** Takes streams: of one peer or of all, of one label or of all; the latest word on a label holds, also for those who come later. */
  subscribe(filter: StreamFilter = {}): void {
    this.#want(filter, true);
  }

  /** Takes streams no longer: their publishers stop sending them to this peer. */
  unsubscribe(filter: StreamFilter = {}): void {
    this.#want(filter, false);
  }

  /**
   * Opens a channel to everyone in the room, and to all who come; they get it without having opened it themselves.
   *
   * @throws TypeError for wrong options, PeerloomError `LIMIT`, `TOO_LARGE`.
   */
  open(options: OpenOptions | string = {}): void {
    const info = toChannelInfo(options);
    if (!this.#channels.has(info.label) && this.#channels.size >= this.#settings.maxChannels)
      throw new PeerloomError("LIMIT", `there are ${this.#settings.maxChannels} channels already`);
    this.#channels.set(info.label, info);
    for (const pair of this.#pairs) pair.channels.open(info);
  }

  /** Closes a channel, for both sides, with all peers; what was sent on it before arrives. Those who come later get none. */
  close(target: string | { readonly label?: string } = {}): void {
    const label = typeof target === "string" ? target : (target.label ?? "default");
    this.#channels.delete(label);
    for (const pair of this.#pairs) pair.channels.closeLabel(label);
  }

  /**
   * Sends to all peers that have the channel, or to those of `to`. Resolves when all of them have it; for whom it failed stands in the result.
   *
   * @throws PeerloomError of the first failure when it reached nobody, `PEER_NOT_FOUND` when one of `to` is not connected.
   */
  send(label: string, data: unknown, options: SendOptions = {}): Promise<SendResult> {
    return sendToAll(this.#pairs, label, data, options);
  }

  /** The channel to one peer: for requests, files and streams. Undefined when there is none. */
  channel(id: string, label = "default"): Channel | undefined {
    return this.#room?.pair(id)?.channels.get(label);
  }

  /** What each pair did, or one of them. @throws PeerloomError `PEER_NOT_FOUND` for an id that is not connected. */
  async stats(): Promise<PeerStats[]>;
  async stats(id: string): Promise<PeerStats>;
  async stats(id?: string): Promise<PeerStats | PeerStats[]> {
    if (id === undefined) {
      const all = await Promise.all(this.#pairs.map((pair) => this.#stats.read(pair)));
      return all.filter((stats) => stats !== undefined);
    }
    const pair = this.#room?.pair(id);
    const stats = pair && (await this.#stats.read(pair));
    if (stats === undefined) throw new PeerloomError("PEER_NOT_FOUND", `"${id}" is not connected`);
    return stats;
  }

  get #pairs(): readonly Pair[] {
    return this.#room?.pairs ?? [];
  }

  #paired(pair: Pair): void {
    for (const info of this.#channels.values()) pair.channels.open(info);
    for (const [label, isWanted] of this.#wants) pair.media.want(label === "" ? undefined : label, isWanted);
  }

  #want({ peer, label }: StreamFilter, isWanted: boolean): void {
    if (label !== undefined) checkName(label, "a stream's label");
    if (peer === undefined) {
      if (label === undefined) this.#wants.clear();
      this.#wants.set(label ?? "", isWanted);
    }
    for (const pair of this.#pairs) if ((peer === undefined || pair.who.id === peer) && pair.media.want(label, isWanted)) pair.tellWants();
  }

  #arrange(): void {
    for (const pair of this.#pairs) pair.arrange();
  }

  #need(): Room {
    if (this.#room === undefined) throw new PeerloomError("NOT_A_MEMBER", "this peer is in no room");
    return this.#room;
  }

  #checkMetadata(metadata: Metadata | undefined): Metadata | undefined {
    const bytes = metadataBytes(checkMetadata(metadata));
    if (bytes > SIGNAL.maxMetadataBytes)
      throw new PeerloomError("TOO_LARGE", `metadata of ${bytes} bytes is more than ${SIGNAL.maxMetadataBytes}`);
    return metadata;
  }

  /** First to those who listen to the very event, then to those of its group. */
  #tell(event: GroupEvent): void {
    const group = event.name.slice(0, event.name.indexOf(":")) as "connection";
    this.emit(event.name as "connection:new", event as PeerEvents["connection:new"]);
    this.emit(group, event as PeerEvents["connection"]);
  }

  #fail(error: unknown, remote?: RemotePeer): void {
    this.emit("error", remote === undefined ? { error } : { error, remote });
  }
}
