import { PeerloomError, type RtcBackend } from "@peerloom/core";
import type { ChannelWish } from "../channel-options.ts";
import { Channel, type ChannelLimits } from "../channels/index.ts";
import type { ChannelEvent, GroupEvent, RemotePeer } from "../events.ts";
import { idOf, kindOf, protocolOf } from "./channel-protocol.ts";
import type { ChannelInfo, ControlMessage } from "./control.ts";
import { EarlyChannels } from "./early-channels.ts";
import { HeldChannel } from "./held-channel.ts";

export interface PairChannelsHooks {
  readonly rtc: RtcBackend;
  readonly limits: ChannelLimits | undefined;
  readonly maxChannels: number;
  readonly isLeader: boolean;
  /** Milliseconds a channel waits for a lost connection. */
  readonly lostMs: number;
  remote(): RemotePeer;
  /** False while the control channel is not open. */
  send(message: ControlMessage): boolean;
  /** The connection that carries channels now. */
  connection(): RTCPeerConnection | undefined;
  emit(event: GroupEvent): void;
  /** Does anybody listen to messages of all channels? */
  hearsMessages(): boolean;
  bad(what: string): void;
  error(error: unknown): void;
}

interface Entry {
  id: string;
  readonly wish: ChannelWish;
  readonly channel: Channel;
  /** The data channel that carries it now. */
  carrier: HeldChannel | undefined;
  isOpen: boolean;
  /** Nothing is told of a channel before its peer is connected. */
  isAttached: boolean;
  /** The other side has closed it: the end comes with its data channel. */
  isEnding: boolean;
}

/** What a parser leaves out is not there as undefined. */
type Defined<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };

/**
 * The users' channels of a pair, by label: one for each, however many sides open it. The leader makes the data channels, the other
 * side asks it to; ids tell a channel from an earlier one of its label. They survive a new connection.
 */
export class PairChannels {
  readonly #hooks: PairChannelsHooks;
  readonly #byLabel = new Map<string, Entry>();
  readonly #early = new EarlyChannels();
  #opened = 0;
  #isReady = false;
  #isConnected = false;
  #isOver = false;
  /** The number of the last channel the other side opened: an unknown one below it was closed here. */
  #lastTheirs = 0;

  constructor(hooks: PairChannelsHooks) {
    this.#hooks = hooks;
  }

  get all(): readonly Channel[] {
    return [...this.#byLabel.values()].map(({ channel }) => channel);
  }

  get(label: string): Channel | undefined {
    return this.#byLabel.get(label)?.channel;
  }

  /** Opens one unless it is there, or the pair has ended. */
  open(wish: ChannelWish): void {
    if (this.#isOver || this.#byLabel.has(wish.label)) return;
    this.#opened += 1;
    const entry = this.#add(`${this.#ownSide}${this.#opened}`, wish);
    if (!this.#has(entry)) return;
    this.#announce(entry);
    this.#carry(entry);
  }

  /** Closes one after all that was sent on it; the other side closes it too. */
  closeLabel(label: string): void {
    const entry = this.#byLabel.get(label);
    if (entry === undefined) return;
    void entry.channel.close();
  }

  /** There is a connection to be: data channels that are made now open together with it. */
  ready(): void {
    this.#isReady = true;
    if (this.#hooks.isLeader) for (const entry of [...this.#byLabel.values()]) this.#carry(entry);
  }

  /** The control channel is open, or its path is back: both sides say what they have. */
  connected(): void {
    this.#isConnected = true;
    for (const entry of [...this.#byLabel.values()]) {
      this.#announce(entry);
      this.#carry(entry);
    }
  }

  /** The other side says that it has a channel. */
  announced(info: ChannelInfo): void {
    const { id, ...wish } = info;
    const known = this.#byLabel.get(info.label);
    const number = Number(id.slice(1));
    if (known?.id === id) {
      if (!id.startsWith(this.#ownSide)) this.#lastTheirs = Math.max(this.#lastTheirs, number);
      return this.#carry(known);
    }
    if (id.startsWith(this.#ownSide) || number <= this.#lastTheirs) return this.#refuse(id);
    this.#lastTheirs = number;
    if (known !== undefined) {
      // Both have opened one: the leader's id stands, and its announcement is on its way to the other side.
      if (this.#hooks.isLeader) return undefined;
      if (kindOf(known.wish) === kindOf(wish)) {
        known.id = id;
        return this.#adoptEarly(known);
      }
      this.#hooks.error(
        new PeerloomError("BAD_REQUEST", `both sides opened "${info.label}", with different settings: the other side's hold`),
      );
      this.#byLabel.delete(info.label);
      void known.channel.close(new PeerloomError("CLOSED", "the other side's channel took its place"));
    }
    const theirs = [...this.#byLabel.values()].filter((entry) => !entry.id.startsWith(this.#ownSide));
    if (theirs.length >= this.#hooks.maxChannels) {
      this.#hooks.bad(`more than ${this.#hooks.maxChannels} channels`);
      return this.#refuse(id);
    }
    const entry = this.#add(id, wish);
    if (this.#has(entry)) this.#carry(entry);
  }

  /** The other side has closed a channel. */
  closedByRemote(id: string): void {
    this.#early.drop(id);
    const entry = this.#byId(id);
    if (entry === undefined) return;
    // Not before what is still under way has come: the data channel itself brings the end. Without one there is nothing to wait for.
    entry.isEnding = true;
    if (entry.carrier?.readyState !== "open") void entry.channel.close();
  }

  /** Takes a data channel that the other side has made. */
  take(carrier: RTCDataChannel): void {
    const id = idOf(carrier.protocol);
    if (id === undefined || this.#hooks.isLeader) {
      this.#hooks.bad("a data channel that is none of this protocol");
      return carrier.close();
    }
    const held = new HeldChannel(carrier);
    const entry = this.#byId(id) ?? this.#match(id, carrier);
    if (entry !== undefined && this.#isConnected) return this.#attach(entry, held);
    // Refused, or closed, while it was on its way.
    const isGone = id.startsWith(this.#ownSide) || Number(id.slice(1)) <= this.#lastTheirs;
    if (entry === undefined && isGone) return held.close();
    if (!this.#early.keep(id, held)) this.#hooks.bad("more data channels than were announced");
  }

  /** The connection is lost: channels wait for the next one. */
  lost(): void {
    this.#isReady = false;
    this.#isConnected = false;
    this.#early.clear();
    for (const entry of this.#byLabel.values()) {
      entry.carrier = undefined;
      entry.isAttached = false;
      entry.channel.detach();
    }
  }

  /** The pair has ended, and all channels with it. */
  close(error: Parameters<Channel["close"]>[0]): void {
    this.#isOver = true;
    this.#early.clear();
    for (const { channel } of [...this.#byLabel.values()]) void channel.close(error);
  }

  get #ownSide(): "a" | "b" {
    return this.#hooks.isLeader ? "a" : "b";
  }

  /** Whoever is told of a channel may close it. */
  #has(entry: Entry): boolean {
    return this.#byLabel.get(entry.wish.label) === entry;
  }

  #byId(id: string): Entry | undefined {
    return [...this.#byLabel.values()].find((entry) => entry.id === id);
  }

  #add(id: string, wish: ChannelWish): Entry {
    const { rtc, limits, lostMs } = this.#hooks;
    const channel = new Channel({
      ...(wish as Defined<ChannelWish>),
      marks: rtc.channel,
      // The pair itself ends before that.
      detachedTimeoutMs: lostMs === 0 ? Infinity : lostMs * 2,
      ...(limits === undefined ? {} : { limits }),
    });
    const entry: Entry = { id, wish, channel, carrier: undefined, isOpen: false, isAttached: false, isEnding: false };
    this.#byLabel.set(wish.label, entry);
    channel.on("message", ({ data }) => {
      // Not made for nobody: there may be hundreds of thousands a second.
      if (this.#hooks.hearsMessages()) this.#emit(entry, "message", { data });
    });
    channel.on("error", ({ error }) => this.#emit(entry, "error", { error }));
    channel.on("state", ({ state }) => {
      if (state !== "open" || entry.isOpen) return;
      entry.isOpen = true;
      this.#emit(entry, "open");
    });
    channel.on("close", () => this.#closed(entry));
    this.#emit(entry, "new");
    return entry;
  }

  #closed(entry: Entry): void {
    if (this.#has(entry)) this.#byLabel.delete(entry.wish.label);
    this.#hooks.send({ type: "channel-close", id: entry.id });
    this.#emit(entry, "close");
  }

  #announce({ id, wish }: Entry): boolean {
    return this.#hooks.send({ type: "channel", id, ...wish });
  }

  #refuse(id: string): void {
    this.#early.drop(id);
    this.#hooks.send({ type: "channel-close", id });
  }

  /** The leader makes its data channel, the other side takes the one that may have come. */
  #carry(entry: Entry): void {
    if (!this.#hooks.isLeader) return this.#adoptEarly(entry);
    if (!this.#isReady) return;
    if (entry.carrier === undefined || entry.carrier.readyState === "closed") entry.carrier = this.#make(entry);
    if (entry.carrier !== undefined && this.#isConnected && !entry.isAttached) this.#attach(entry, entry.carrier);
  }

  #make({ id, wish }: Entry): HeldChannel | undefined {
    const { label, ordered, maxRetransmits, maxPacketLifeTime } = wish;
    try {
      const raw = this.#hooks.connection()?.createDataChannel(label, {
        protocol: protocolOf(id, wish),
        ordered: ordered ?? true,
        ...(maxRetransmits === undefined ? {} : { maxRetransmits }),
        ...(maxPacketLifeTime === undefined ? {} : { maxPacketLifeTime }),
      });
      return raw && new HeldChannel(raw);
    } catch (error) {
      this.#hooks.error(error);
      return undefined;
    }
  }

  #adoptEarly(entry: Entry): void {
    const next = (): HeldChannel | undefined => this.#early.take((id, { raw }) => entry.id === id || this.#match(id, raw) === entry);
    for (let early = next(); early !== undefined; early = next()) this.#attach(entry, early);
  }

  /** One that both have opened need not wait for its announcement: its data channel says which it is. */
  #match(id: string, carrier: RTCDataChannel): Entry | undefined {
    const entry = this.#byLabel.get(carrier.label);
    const number = Number(id.slice(1));
    if (entry === undefined || entry.isAttached || number <= this.#lastTheirs || !entry.id.startsWith(this.#ownSide)) return undefined;
    if (id.startsWith(this.#ownSide) || carrier.protocol !== protocolOf(id, entry.wish)) return undefined;
    entry.id = id;
    return entry;
  }

  #attach(entry: Entry, carrier: HeldChannel): void {
    entry.carrier = carrier;
    entry.isAttached = true;
    carrier.raw.addEventListener("close", () => this.#ended(entry, carrier), { once: true });
    const { rtc } = this.#hooks;
    const negotiated = this.#hooks.connection()?.sctp?.maxMessageSize;
    const maxMessageBytes = Math.min(rtc.channel.maxMessageBytes, negotiated || Infinity);
    entry.channel.attach(carrier, { ...rtc.channel, maxMessageBytes });
  }

  /** A data channel has come to its end, and its connection has not: the channel ends with it, or goes on over another one. */
  #ended(entry: Entry, carrier: HeldChannel): void {
    if (entry.carrier !== carrier || !this.#has(entry)) return;
    entry.carrier = undefined;
    entry.isAttached = false;
    if (entry.isEnding) void entry.channel.close();
    else if (this.#announce(entry)) this.#carry(entry);
  }

  #emit(entry: Entry, what: "new" | "open" | "close" | "message" | "error", rest: object = {}): void {
    const { label, metadata } = entry.wish;
    const event: ChannelEvent<string> = {
      name: `channel:${what}`,
      remote: this.#hooks.remote(),
      label,
      metadata,
      channel: entry.channel,
      ...rest,
    };
    this.#hooks.emit(event as GroupEvent);
  }
}
