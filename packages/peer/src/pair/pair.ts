import { PeerloomError } from "@peerloom/core";
import type { Metadata } from "@peerloom/protocol";
import type { PairSignal, SignalPair } from "@peerloom/signaling";
import type { GroupEvent, RemotePeer } from "../events.ts";
import type { RemoteStream } from "../media/inbox.ts";
import { PairMedia } from "../media/pair-media.ts";
import type { ConnectionHooks, DriverMessage } from "./connection-options.ts";
import { Connection } from "./connection.ts";
import type { PairContext, Who } from "./context.ts";
import type { PairMessage } from "./control.ts";
import { lossOf, stepLife, type ConnectionState, type Life, type LifeEffect, type LifeInput } from "./life.ts";
import { PairChannels } from "./pair-channels.ts";
import { refusalOf } from "./refusal.ts";
import { Timers } from "./timers.ts";

/**
 * A remote peer: its life, and whatever connection carries it now. Media and channels belong to the pair, so that they survive a new
 * connection.
 */
export class Pair {
  readonly who: Who;
  readonly media: PairMedia;
  readonly channels: PairChannels;
  readonly #context: PairContext;
  readonly #isLeader: boolean;
  readonly #timers = new Timers<"retry" | "expire">((name) => this.#step({ type: name === "retry" ? "retry" : "expired" }));
  #metadata: Metadata | undefined;
  #state: ConnectionState = "new";
  #life: Life = { at: "new" };
  #session: SignalPair | undefined;
  /** The last one in which the other side has only asked who is here; an offer may follow. */
  #asking: SignalPair | undefined;
  #connection: Connection | undefined;
  /** This side has opened the session, and the other one has not answered yet. */
  #isWaiting = false;
  /** What the end of the pair is reported as; nothing when it was asked for. */
  #reason: PeerloomError | undefined;
  #isLeaving = false;
  #hasDeparted = false;
  #attemptedAt = 0;
  #owesMetadata = false;

  constructor(context: PairContext, who: Who, metadata: Metadata | undefined) {
    this.who = who;
    this.#context = context;
    this.#metadata = metadata;
    // Both sides see the same: ids differ.
    this.#isLeader = context.ownId < who.id;
    const remote = (): RemotePeer => this.remote;
    this.media = new PairMedia(
      {
        remote,
        publications: () => context.publications(),
        event: (event) => this.#emit(event as GroupEvent),
        error: (error) => context.error(error, this.remote),
      },
      context.settings.isSubscribed,
    );
    const { rtc, channelLimits, maxChannels, life } = context.settings;
    this.channels = new PairChannels({
      rtc,
      limits: channelLimits,
      maxChannels,
      lostMs: life.reconnectTimeoutMs,
      isLeader: this.#isLeader,
      remote,
      send: (message) => this.#connection?.isUp === true && this.#connection.send(message),
      connection: () => this.#connection?.pc,
      emit: (event) => this.#emit(event),
      hearsMessages: () => context.hearsMessages(),
      bad: (what) => context.bad(what, this.remote),
      error: (error) => context.error(error, this.remote),
    });
  }

  get remote(): RemotePeer {
    return { id: this.who.id, metadata: this.#metadata, state: this.#state };
  }

  get streams(): readonly RemoteStream[] {
    return this.media.streams;
  }

  get pc(): RTCPeerConnection | undefined {
    return this.#connection?.pc;
  }

  get roundTripMs(): number | undefined {
    return this.#connection?.roundTripMs;
  }

  /** Begins as the one who offers. */
  open(session: SignalPair): void {
    this.#session = session;
    this.#say("new");
    this.#step({ type: "start", isOpener: true });
  }

  /** Begins with the other side's offer. */
  accept(session: SignalPair, offer: PairSignal): void {
    this.#say("new");
    this.#step({ type: "start", isOpener: false });
    this.receive(session, offer, true);
  }

  /** Takes what the other side said by the driver. */
  receive(session: SignalPair, signal: PairSignal, isNew: boolean): void {
    if (this.#life.at === "closed") return session.close();
    if (signal.type === "greet") return this.#introduce(session);
    if (session !== this.#session) {
      // Both have opened one: the leader's stands.
      const isCrossed = this.#isWaiting && this.#isLeader;
      if (signal.type !== "offer" || isCrossed) {
        if (isNew) session.close();
        return;
      }
      this.#replace(session);
    }
    switch (signal.type) {
      case "offer":
      case "answer":
        this.#isWaiting = false;
        this.#learn(signal.metadata);
        return this.#connection?.take(signal);
      case "candidate":
        return this.#connection?.take({ type: "candidate", candidates: signal.candidates as readonly RTCIceCandidateInit[] });
      case "refuse":
        this.#reason = refusalOf(this.who.id, signal);
        return this.#fail();
      case "introduce":
        return undefined;
    }
  }

  /** Is it likely that the other side can be reached again? */
  nudge(): void {
    this.#step({ type: "network" });
  }

  /** Brings what this side sends up to date. */
  arrange(): void {
    this.#connection?.arrange();
  }

  /** Tells what this side wants of the other's streams; each connection begins with it. */
  tellWants(): void {
    this.#connection?.send(this.media.wants());
  }

  /** Tells this peer's metadata; while the path is lost, once it is back. */
  tellMetadata(): void {
    this.#owesMetadata = this.#connection?.isUp !== true || !this.#connection.send({ type: "metadata", ...this.#ownMetadata() });
  }

  /** Ends it. With a goodbye the other side knows at once, and raises no error. */
  async stop({ isPolite, reason }: { readonly isPolite: boolean; readonly reason?: PeerloomError }): Promise<void> {
    if (this.#life.at === "closed") return;
    this.#reason = reason;
    this.#isLeaving = isPolite;
    const connection = this.#connection;
    if (isPolite && connection !== undefined) {
      // The pair is closed for its user at once; only its connection stays for as long as the goodbye takes.
      this.#connection = undefined;
      const ending = this.#goodbye(connection);
      this.#step({ type: "stop" });
      await ending;
    } else this.#step({ type: "stop" });
  }

  /** The room was told, by whomever, that the peer has gone. A connected one says goodbye itself: it is believed when that one is lost. */
  departed(): void {
    if (this.#state !== "connected") this.#step({ type: "stop" });
    else this.#hasDeparted = true;
  }

  /** As `stop` with a goodbye, for a page that has no time left. */
  vanish(): void {
    this.#connection?.send({ type: "bye" });
  }

  /** The other side has left: it hears that this one knows. */
  #left(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#context.linger(this.#goodbye(connection));
    this.#step({ type: "stop" });
  }

  async #goodbye(connection: Connection): Promise<void> {
    await connection.bye();
    connection.close();
  }

  #fail(): void {
    this.#step({ type: "expired" });
    // Not connecting and not lost: then it is an end as any other.
    this.#step({ type: "stop" });
  }

  #step(input: LifeInput): void {
    const { life } = this.#context.settings;
    const [next, effects] = stepLife(this.#life, input, life, this.#isLeader);
    const before = this.#life;
    this.#life = next;
    for (const effect of effects) {
      // Whoever was told of one may have ended the pair: then nothing more begins.
      if (this.#life.at === "closed" && next.at !== "closed") return;
      this.#run(effect, before);
    }
  }

  #run(effect: LifeEffect, before: Life): void {
    switch (effect.do) {
      case "say":
        return this.#say(effect.state);
      case "attempt":
        return this.#attempt();
      case "restart":
        return this.#connection?.restart();
      case "arm":
        return this.#timers.arm(effect.timer, effect.ms);
      case "disarm":
        return this.#timers.disarm(effect.timer);
      case "report":
        if (this.#reason === undefined) this.#context.lost(this.who);
        return this.#context.error(this.#reason ?? lossOf(this.who.id, before, this.#context.settings.life, this.#isWaiting), this.remote);
      case "dispose":
        return this.#dispose();
    }
  }

  #attempt(): void {
    // An attempt that has its answer is given the time to find its path.
    const { now, life } = this.#context.settings;
    const isYoung = now() - this.#attemptedAt < 1.5 * life.attemptMs;
    const current = this.#connection;
    if (this.#life.at === "connecting" && current !== undefined && !this.#isWaiting && !current.isBroken && isYoung) return;
    this.#attemptedAt = now();
    try {
      const isFirst = this.#connection === undefined && this.#session !== undefined && this.#life.at === "connecting";
      if (!isFirst) this.#session?.close();
      this.#session = isFirst && this.#session ? this.#session : this.#context.meet(this.who);
      this.#isWaiting = true;
      this.#connect(this.#session).offer();
    } catch (error) {
      this.#context.error(error, this.remote);
    }
  }

  #introduce(session: SignalPair): void {
    if (session !== this.#session && session !== this.#asking) {
      this.#asking?.close();
      this.#asking = session;
    }
    this.#context.say(session, { type: "introduce", ...this.#ownMetadata() });
  }

  /** The other side has opened another session: everything is made anew. */
  #replace(session: SignalPair): void {
    this.#session?.close();
    this.#session = session;
    if (this.#asking === session) this.#asking = undefined;
    this.#step({ type: "broken" });
    if (this.#life.at === "closed") return;
    this.#isWaiting = false;
    try {
      this.#connect(session);
    } catch (error) {
      // As in an attempt: what it is configured with may be wrong.
      this.#context.error(error, this.remote);
    }
  }

  #connect(session: SignalPair): Connection {
    this.#connection?.close();
    this.#connection = undefined;
    this.media.reset();
    this.channels.lost();
    const { settings } = this.#context;
    const connection: Connection = new Connection({
      pc: this.#context.newConnection(),
      configuration: settings.configuration,
      iceServers: settings.iceServers,
      isLeader: this.#isLeader,
      heartbeat: settings.heartbeat,
      now: settings.now,
      // One that says goodbye tells nobody any more.
      hooks: this.#hooks(session, () => this.#connection === connection),
    });
    this.#connection = connection;
    return connection;
  }

  #hooks(session: SignalPair, isCurrent: () => boolean): ConnectionHooks {
    return {
      signal: (message) => isCurrent() && this.#signal(session, message),
      ready: () => isCurrent() && this.channels.ready(),
      up: () => isCurrent() && this.#up(),
      down: () => isCurrent() && this.#step({ type: this.#hasDeparted ? "stop" : "down" }),
      broken: () => isCurrent() && this.#step({ type: this.#hasDeparted ? "stop" : "broken" }),
      control: (message) => isCurrent() && this.#control(message),
      bad: (what) => isCurrent() && this.#context.bad(what, this.remote),
      channel: (channel) => isCurrent() && this.channels.take(channel),
      track: (pc) => isCurrent() && this.media.refresh(pc),
      arrangeMedia: async (pc) => (isCurrent() ? this.media.arrange(pc) : "nothing"),
      listMedia: () => this.media.list(),
      takeMedia: (pc, streams) => isCurrent() && this.media.take(pc, streams),
      error: (error) => isCurrent() && this.#context.error(error, this.remote),
    };
  }

  #signal(session: SignalPair, message: DriverMessage): void {
    if (message.type === "candidate") this.#context.say(session, { type: "candidate", candidates: message.candidates as never });
    else this.#context.say(session, { ...message, ...this.#ownMetadata() });
  }

  #up(): void {
    this.#step({ type: "up" });
    this.tellWants();
    if (this.#owesMetadata) this.tellMetadata();
    this.channels.connected();
  }

  #control(message: PairMessage): void {
    switch (message.type) {
      case "bye":
        return this.#left();
      case "metadata":
        return this.#learn(message.metadata, true);
      case "unwanted":
        this.media.heed(message.isAll, message.labels);
        return this.#connection?.begin();
      case "channel":
        return this.channels.announced(message);
      case "channel-close":
        return this.channels.closedByRemote(message.id);
    }
  }

  #learn(metadata: Metadata | undefined, isUpdate = false): void {
    if (!isUpdate && metadata === undefined) return;
    if (JSON.stringify(metadata) === JSON.stringify(this.#metadata)) return;
    this.#metadata = metadata;
    this.#context.metadataChanged(this.remote);
    this.arrange();
  }

  #ownMetadata(): { metadata?: Metadata } {
    const metadata = this.#context.metadata();
    return metadata === undefined ? {} : { metadata };
  }

  #dispose(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.channels.close(this.#endOfChannels());
    this.media.clear();
    connection?.close();
    this.#session?.close();
    this.#session = undefined;
    this.#asking?.close();
    this.#asking = undefined;
  }

  #endOfChannels(): PeerloomError {
    return this.#isLeaving
      ? new PeerloomError("CLOSED", "this peer has left")
      : (this.#reason ?? new PeerloomError("PEER_LOST", `"${this.who.id}" is gone`));
  }

  #say(state: ConnectionState): void {
    this.#state = state;
    if (state === "closed") this.#context.closed();
    this.#emit({ name: `connection:${state}`, remote: this.remote, state } as GroupEvent);
  }

  #emit(event: GroupEvent): void {
    this.#context.emit(event);
  }
}
