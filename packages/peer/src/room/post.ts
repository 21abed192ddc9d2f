import { PeerloomError } from "@peerloom/core";
import type { Metadata } from "@peerloom/protocol";
import {
  createSignaler,
  type Announcement,
  type Departure,
  type Driver,
  type Identity,
  type PairSignal,
  type Received,
  type Signaler,
  type SignalPair,
} from "@peerloom/signaling";

export interface PostOptions {
  readonly driver: Driver;
  readonly room: string;
  readonly id: string | undefined;
  readonly identity: Identity | undefined;
  readonly metadata: Metadata | undefined;
  readonly hooks: PostHooks;
}

/** What the post delivers. None of these may throw. */
interface PostHooks {
  announced(announcement: Announcement): void;
  departed(departure: Departure): void;
  received(received: Received): void;
  /** The medium is back. */
  active(): void;
  /** Something that came was dropped, or something of this side could not be sent. */
  failed(error: unknown): void;
}

/** A peer's stay in a room as its driver sees it: says signals, and brings those that are said to it. */
export class Post {
  readonly #options: PostOptions;
  readonly #signaler: Signaler;
  readonly #life = new AbortController();

  private constructor(options: PostOptions, signaler: Signaler) {
    this.#options = options;
    this.#signaler = signaler;
  }

  /** Resolves once what is said to this peer is delivered. Nothing is said yet. */
  static async open(options: PostOptions): Promise<Post> {
    const { driver, room, id, identity, metadata, hooks } = options;
    const signaler = await createSignaler({
      room,
      ...(id === undefined ? {} : { id }),
      ...(identity === undefined ? {} : { identity }),
      ...(metadata === undefined ? {} : { metadata }),
    });
    const post = new Post(options, signaler);
    const { signal } = post.#life;
    driver.on("active", () => hooks.active(), { signal });
    driver.on("error", ({ error }) => hooks.failed(error), { signal });
    try {
      await Promise.all([driver.subscribe([room], post.#heard), driver.subscribe([room, signaler.id], post.#got)]);
    } catch (error) {
      await post.close();
      throw error;
    }
    return post;
  }

  get id(): string {
    return this.#signaler.id;
  }

  get instance(): string {
    return this.#signaler.instance;
  }

  get isActive(): boolean {
    return this.#options.driver.isActive;
  }

  get isSealing(): boolean {
    return this.#signaler.isSealing;
  }

  /** Tells the room that this peer is here. */
  async announce(): Promise<void> {
    await this.#options.driver.publish([this.#options.room], await this.#signaler.announce());
  }

  /** Tells the room that this peer goes. */
  async leave(): Promise<void> {
    if (this.#options.driver.isActive) await this.#options.driver.publish([this.#options.room], await this.#signaler.leave());
  }

  /** Opens a session with a peer. @throws PeerloomError `LIMIT` when there are too many. */
  meet(who: Pick<Announcement, "id" | "instance" | "card">): SignalPair {
    return this.#signaler.meet(who);
  }

  /** Says something to one peer, after all that was said to it before. What fails is reported; never rejects. */
  async say(session: SignalPair, signal: PairSignal): Promise<void> {
    const { driver, room, hooks } = this.#options;
    try {
      await driver.publish([room, session.id], await session.seal(signal));
    } catch (error) {
      // A session that was given up has nothing to say any more.
      if (!this.#life.signal.aborted && !PeerloomError.is(error, "CLOSED")) hooks.failed(error);
    }
  }

  /** Idempotent; never rejects. The driver stays open. */
  async close(): Promise<void> {
    if (this.#life.signal.aborted) return;
    this.#life.abort();
    this.#signaler.close();
    const { driver, room } = this.#options;
    await Promise.allSettled([driver.unsubscribe([room], this.#heard), driver.unsubscribe([room, this.id], this.#got)]);
  }

  readonly #heard = (bytes: Uint8Array): void => {
    this.#read(this.#signaler.hear(bytes), (news) => {
      if (news?.type === "announce") this.#options.hooks.announced(news);
      else if (news?.type === "leave") this.#options.hooks.departed(news);
    });
  };

  readonly #got = (bytes: Uint8Array): void => {
    this.#read(this.#signaler.receive(bytes), (received) => this.#options.hooks.received(received));
  };

  #read<T>(reading: Promise<T>, take: (value: T) => void): void {
    reading.then(
      (value) => {
        if (!this.#life.signal.aborted) take(value);
      },
      (error: unknown) => {
        if (!this.#life.signal.aborted) this.#options.hooks.failed(error);
      },
    );
  }
}
