import { createDefer, PeerloomError } from "@peerloom/core";
import type { Metadata } from "@peerloom/protocol";
import type { Announcement, Departure, Received, SignalPair } from "@peerloom/signaling";
import type { GroupEvent, RemotePeer } from "../events.ts";
import type { Publication } from "../media/publication.ts";
import type { Settings } from "../options.ts";
import type { PairContext, Who } from "../pair/context.ts";
import { Pair } from "../pair/pair.ts";
import { Spare } from "../pair/spare.ts";
import { Door, type Begin, type Verify } from "./door.ts";
import type { Guest } from "./guests.ts";
import { Post } from "./post.ts";
import { Seeker } from "./seeker.ts";

/** What a room needs of its peer, and tells it. None of these may throw. */
interface RoomHooks {
  publications(): readonly Publication[];
  /** A pair begins: bring its channels up to what is open. */
  paired(pair: Pair): void;
  emit(event: GroupEvent): void;
  /** Does anybody listen to messages of all channels? */
  hearsMessages(): boolean;
  metadataChanged(remote: RemotePeer): void;
  limit(id: string): void;
  error(error: unknown, remote?: RemotePeer): void;
  /** Something malformed was dropped. */
  bad(error: PeerloomError, remote?: RemotePeer): void;
}

export interface RoomOptions {
  readonly settings: Settings;
  readonly room: string;
  readonly metadata: Metadata | undefined;
  readonly verify: Verify | undefined;
  readonly hooks: RoomHooks;
}

/** A peer's stay in a room: finds the others, lets them in, and keeps a pair for each. */
export class Room {
  readonly name: string;
  readonly #options: RoomOptions;
  readonly #pairs = new Map<string, Pair>();
  readonly #door: Door;
  readonly #seeker = new Seeker((who) => this.#greet(who));
  readonly #endings = new Set<Promise<void>>();
  readonly #spare: Spare;
  readonly #post: Promise<Post>;
  #opened: Post | undefined;
  #metadata: Metadata | undefined;
  #isLeft = false;

  constructor(options: RoomOptions) {
    const { settings, room, metadata } = options;
    this.name = room;
    this.#options = options;
    this.#metadata = metadata;
    const { rtc, configuration } = settings;
    this.#spare = new Spare(() => new rtc.RTCPeerConnection(configuration));
    const { connectTimeoutMs } = settings.life;
    this.#door = new Door({
      verify: options.verify,
      // Even where a connection may take as long as it likes: there are places for so many only.
      timeoutMs: connectTimeoutMs > 0 && connectTimeoutMs < Infinity ? connectTimeoutMs : 60_000,
      hooks: {
        say: async (session, signal) => this.#opened?.say(session, signal),
        ownMetadata: () => (this.#metadata === undefined ? {} : { metadata: this.#metadata }),
        welcome: (guest, begin) => this.#letIn(guest, begin),
        error: (error) => options.hooks.error(error),
      },
    });
    this.#post = Post.open({
      driver: settings.driver,
      room,
      id: settings.id,
      identity: settings.isSealed ? settings.identity : undefined,
      metadata,
      hooks: {
        announced: (announcement) => this.#announced(announcement),
        departed: (departure) => this.#departed(departure),
        received: (received) => this.#received(received),
        active: () => this.comeBack(),
        failed: (error) => this.#failed(error),
      },
    });
  }

  get pairs(): readonly Pair[] {
    return [...this.#pairs.values()];
  }

  get metadata(): Metadata | undefined {
    return this.#metadata;
  }

  pair(id: string): Pair | undefined {
    return this.#pairs.get(id);
  }

  /** Resolves once the room has been told. */
  async enter(): Promise<void> {
    this.#opened = await this.#post;
    if (!this.#isLeft) {
      const told = this.#opened.announce();
      // While that is under way there is time for it; before, the others would hear of this peer later.
      createDefer()(() => this.#isLeft || this.#spare.prepare());
      await told;
      if (!this.#isLeft) return;
      // What was under way when it left would have it expected.
      await this.#opened.leave().catch(() => {});
    }
    throw new PeerloomError("ABORTED", "the peer left before it had joined");
  }

  setMetadata(metadata: Metadata | undefined): void {
    this.#metadata = metadata;
    for (const pair of this.pairs) pair.tellMetadata();
  }

  /** Tells the room again that this peer is here, and looks for those it has lost: for when a network came back. */
  comeBack(): void {
    if (this.#isLeft || this.#opened === undefined) return;
    this.#opened.announce().catch((error: unknown) => this.#failed(error));
    for (const pair of this.pairs) pair.nudge();
  }

  /** Never rejects. */
  async leave(): Promise<void> {
    this.#isLeft = true;
    this.#door.clear();
    this.#seeker.clear();
    this.#spare.close();
    const hasStrangers = this.pairs.some(({ remote }) => remote.state !== "connected");
    const goodbyes = this.pairs.map((pair) => pair.stop({ isPolite: true }));
    const post = await this.#post.catch(() => undefined);
    // Those that are connected know by the goodbye.
    if (hasStrangers) await post?.leave().catch(() => {});
    await Promise.allSettled([...goodbyes, ...this.#endings]);
    await post?.close();
  }

  /** A goodbye without the time to wait for anything. */
  vanish(): void {
    for (const pair of this.pairs) pair.vanish();
  }

  #announced({ id, instance, metadata, card }: Announcement): void {
    const known = this.#pairs.get(id);
    if (known?.who.instance === instance) return known.nudge();
    if (known !== undefined) this.#replaced(known);
    if (this.#door.get(id)?.instance === instance || this.#isLeft) return;
    const session = this.#meet({ id, instance, card });
    if (session === undefined) return;
    if (this.#opened?.isSealing === true) this.#door.greet(session);
    else this.#door.open(session, metadata);
  }

  #departed({ id, instance }: Departure): void {
    this.#seeker.forget(id);
    if (this.#door.get(id)?.instance === instance) this.#door.drop(id);
    const pair = this.#pairs.get(id);
    if (pair?.who.instance === instance) pair.departed();
  }

  #received(received: Received): void {
    const { pair: session, signal, isNew } = received;
    const known = this.#pairs.get(session.id);
    if (known?.who.instance === session.instance) return known.receive(session, signal, isNew);
    if (known !== undefined) this.#replaced(known);
    if (this.#isLeft) return session.close();
    const guest = this.#door.get(session.id);
    if (guest?.instance === session.instance) {
      if (guest.session === session) return this.#door.heard(guest, received);
      // Both have opened a session: the one of the smaller id stands.
      if (guest.session.isOpener && this.#ownId < session.id) return session.close();
    }
    return this.#door.knocked(session, signal);
  }

  /** Makes a pair of a guest that is welcome. */
  #letIn(guest: Guest, begin: Begin): void {
    if (this.#isLeft || !this.#door.admit(guest)) return;
    const { id, instance, session, metadata } = guest;
    this.#seeker.forget(id);
    // Not before: whoever is not welcome does not learn that this peer is there.
    if (this.#pairs.size >= this.#options.settings.maxPeers) {
      this.#options.hooks.limit(id);
      return this.#door.refuse(session, "LIMIT", "this peer has as many connections as it may");
    }
    const pair: Pair = new Pair(
      this.#context(() => this.#forget(id, pair)),
      { id, instance, card: session.card },
      metadata,
    );
    this.#pairs.set(id, pair);
    begin(pair);
    this.#options.hooks.paired(pair);
    for (const { pair: heard, signal, isNew } of guest.held) pair.receive(heard, signal, isNew);
  }

  #forget(id: string, pair: Pair): void {
    if (this.#pairs.get(id) === pair) this.#pairs.delete(id);
  }

  /** Asks a peer whether it is there; it is a guest, and nobody hears of it, until it answers. */
  #greet(who: Who): void {
    const post = this.#opened;
    if (post === undefined || this.#door.get(who.id) !== undefined || this.#pairs.has(who.id) || !post.isActive) return;
    const session = this.#meet(who);
    if (session !== undefined) this.#door.greet(session);
  }

  /** The other side has begun another stay: what is left of this one is of no use. */
  #replaced(pair: Pair): void {
    void pair.stop({ isPolite: false });
  }

  #meet(who: { readonly id: string; readonly instance: string; readonly card: SignalPair["card"] }): SignalPair | undefined {
    try {
      return this.#opened?.meet(who);
    } catch (error) {
      this.#options.hooks.error(error);
      return undefined;
    }
  }

  get #ownId(): string {
    return this.#opened?.id ?? "";
  }

  /** What came late, or twice, is no fault of anyone. */
  #failed(error: unknown): void {
    if (PeerloomError.is(error, "STALE") || PeerloomError.is(error, "DRIVER_INACTIVE")) return;
    const isBad = PeerloomError.is(error) && ["BAD_SIGNAL", "FORGED", "PROTOCOL_MISMATCH", "OVERFLOW"].includes(error.code);
    if (isBad) this.#options.hooks.bad(error as PeerloomError);
    else this.#options.hooks.error(error);
  }

  #context(closed: () => void): PairContext {
    const { settings, hooks } = this.#options;
    const post = this.#opened as Post;
    return {
      settings,
      ownId: post.id,
      metadata: () => this.#metadata,
      publications: () => hooks.publications(),
      meet: (who) => post.meet(who),
      newConnection: () => this.#spare.take(),
      say: (session, signal) => void post.say(session, signal),
      emit: (event) => hooks.emit(event),
      hearsMessages: () => hooks.hearsMessages(),
      metadataChanged: (remote) => hooks.metadataChanged(remote),
      error: (error, remote) => hooks.error(error, remote),
      bad: (what, remote) => hooks.bad(new PeerloomError("BAD_SIGNAL", `"${remote.id}" sent ${what}`), remote),
      linger: (ending) => {
        this.#endings.add(ending);
        void ending.finally(() => this.#endings.delete(ending));
      },
      lost: (who) => {
        // Of the two one looks for the other.
        if (!this.#isLeft && post.id < who.id) this.#seeker.seek(who);
      },
      closed,
    };
  }
}
