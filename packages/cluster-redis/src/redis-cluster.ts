import { PeerloomError } from "@peerloom/core";
import type { ClaimVerdict, Cluster, ClusterEvents, HeldId, IdClaim } from "@peerloom/server";
import { Connection } from "./connection.ts";
import { resolveOptions, type RedisClusterOptions, type RedisSettings } from "./options.ts";
import { fieldOf, Names, PlaceScripts } from "./place.ts";
import { RedisError, type Reply } from "./resp.ts";

/** How long Redis may take to answer when a connection is made, in milliseconds. */
const openMs = 5000;
/** How long Redis may take to let a node go in order, in milliseconds. */
const leaveMs = 1000;
/** Times between attempts to connect, in milliseconds: doubled from the first to the last. */
const [firstPauseMs, lastPauseMs] = [50, 2000];
/** So many times the queue's budget, and the connection is given up: Redis takes nothing. */
const hardFactor = 8;

/**
 * Joins relays by a Redis 7 (or another that knows RESP3 and sharded channels): for the option `cluster` of one relay. It connects when the relay starts,
 * and connects again whenever the connection is lost.
 *
 * @param url like `redis://user:password@host:6379/0`, or `rediss:` for TLS.
 * @throws TypeError or RangeError naming what is wrong.
 */
export function redisCluster(url: string, options: RedisClusterOptions = {}): Cluster {
  return new RedisCluster(resolveOptions(url, options));
}

/** A place that is held: it lives as long as its connection, and its lease. */
interface Held {
  readonly connection: Connection;
  readonly scripts: PlaceScripts;
  readonly node: string;
  leaseUntil: number;
}

class RedisCluster implements Cluster {
  readonly #settings: RedisSettings;
  readonly #names: Names;
  #events: ClusterEvents | undefined;
  #connection: Connection | undefined;
  #held: Held | undefined;
  /** Where notes go: from the moment on that ids are claimed for a place, before it is held. */
  #noting: Pick<Held, "scripts" | "node"> | undefined;
  /** The last place, whose ids are this node's until they are claimed for the next. */
  #former: string | undefined;
  #pauseMs = firstPauseMs;
  #timer: NodeJS.Timeout | undefined;
  #subscribed: (() => void) | undefined;
  #wasFull = false;
  #hasFailed = false;
  #closing: Promise<void> | undefined;

  constructor(settings: RedisSettings) {
    this.#settings = settings;
    this.#names = new Names(settings.prefix);
  }

  start(events: ClusterEvents): void {
    if (this.#events !== undefined) throw new TypeError("a cluster is for one relay: make another for each");
    this.#events = events;
    this.#connect();
  }

  async claim({ tenant, id, instance, hasResume, policy }: IdClaim): Promise<ClaimVerdict> {
    const held = this.#valid();
    if (held === undefined) throw noPlace();
    try {
      const granted = await held.scripts.claim(held.node, fieldOf({ tenant, id }), instance, hasResume, policy);
      if (this.#held !== held) throw noPlace();
      return granted === undefined ? { isGranted: false } : { isGranted: true, ...granted };
    } catch (thrown) {
      throw PeerloomError.is(thrown) ? thrown : noPlace(thrown);
    }
  }

  note({ tenant, id, instance, state }: Omit<HeldId, "state"> & { readonly state: "here" | "away" | "gone" }): void {
    const noting = this.#noting;
    noting?.scripts.note(noting.node, fieldOf({ tenant, id }), instance, state);
  }

  send(node: string, message: readonly Uint8Array[]): boolean {
    return this.#publish(this.#names.channel(node), message, (heard) => {
      if (heard === 0) this.#events?.unheard(node);
    });
  }

  broadcast(message: readonly Uint8Array[]): boolean {
    return this.#publish(this.#names.everyone, message, () => {});
  }

  get isFull(): boolean {
    const isFull = (this.#connection?.unanswered ?? 0) > this.#settings.queueBytes;
    this.#wasFull ||= isFull;
    return isFull;
  }

  async sync(): Promise<void> {
    const held = this.#valid();
    if (held === undefined) throw noPlace();
    try {
      await held.connection.call("PING");
    } catch (thrown) {
      throw noPlace(thrown);
    }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    const held = this.#held;
    this.#held = undefined;
    // A Redis that does not answer keeps nobody: the lease runs out by itself.
    const late = setTimeout(() => this.#connection?.close(new Error("closed")), leaveMs);
    if (held !== undefined) await held.scripts.leave(held.node).catch(() => {});
    clearTimeout(late);
    this.#connection?.close(new Error("closed"));
  }

  #publish(channel: string, message: readonly Uint8Array[], heard: (count: number) => void): boolean {
    const held = this.#valid();
    if (held === undefined) return false;
    held.connection.send(["SPUBLISH", channel, message], (reply) => {
      if (typeof reply === "number") heard(reply);
      this.#noteDrained();
    });
    if (held.connection.unanswered > hardFactor * this.#settings.queueBytes) held.connection.close(new Error("Redis does not keep up"));
    return true;
  }

  /** A node that was stopped for longer than its lease must not act on it, although the connection still seems to be there. */
  #valid(): Held | undefined {
    const held = this.#held;
    if (held === undefined || this.#settings.now() < held.leaseUntil) return held;
    held.connection.close(new Error("the lease has run out"));
    return undefined;
  }

  #noteDrained(): void {
    if (!this.#wasFull || (this.#connection?.unanswered ?? 0) > this.#settings.queueBytes / 2) return;
    this.#wasFull = false;
    this.#events?.drained();
  }

  #connect(): void {
    const connection: Connection = new Connection(this.#settings, {
      opened: () => void this.#open(connection),
      pushed: (values) => this.#pushed(values),
      closed: (reason) => this.#lost(connection, reason),
    });
    this.#connection = connection;
    this.#timer = setTimeout(() => connection.close(new Error(`Redis did not answer within ${openMs} ms`)), openMs).unref();
  }

  async #open(connection: Connection): Promise<void> {
    const events = this.#events;
    if (events === undefined) return;
    try {
      await this.#greet(connection);
      const scripts = await PlaceScripts.load(connection, this.#settings);
      const asked = this.#settings.now();
      const node = await scripts.register();
      await this.#subscribe(connection, node);
      const former = this.#former;
      this.#noting = { scripts, node };
      const { fence, lost } = await scripts.reclaim(node, former, events.held());
      if (former !== undefined) await scripts.leave(former);
      const live = await scripts.renew(node, 0);
      if (live === undefined) throw new Error("the lease ran out before the place was taken");
      if (connection.isClosed || this.#closing !== undefined) return;
      clearTimeout(this.#timer);
      this.#held = { connection, scripts, node, leaseUntil: asked + this.#settings.leaseMs };
      this.#former = node;
      this.#pauseMs = firstPauseMs;
      this.#hasFailed = false;
      events.joined({ node, others: live.map((other) => other.node), fence, lost });
      this.#renewSoon(this.#held);
    } catch (thrown) {
      connection.close(thrown as Error);
    }
  }

  async #greet(connection: Connection): Promise<void> {
    const { user, password, database } = this.#settings;
    const auth = password === "" ? [] : ["AUTH", user === "" ? "default" : user, password];
    await connection.call("HELLO", "3", ...auth);
    if (database !== 0) await connection.call("SELECT", String(database));
  }

  async #subscribe(connection: Connection, node: string): Promise<void> {
    const channels = [this.#names.everyone, this.#names.channel(node)];
    let left = channels.length;
    const subscribed = new Promise<void>((resolve) => {
      this.#subscribed = () => (left -= 1) === 0 && resolve();
    });
    for (const channel of channels) connection.sendUnanswered("SSUBSCRIBE", channel);
    // Answers come in order, a refusal in their place; so when this has come there is nothing to wait for any more.
    await connection.call("PING");
    if (left > 0) throw new Error("Redis does not let this node subscribe");
    await subscribed;
    this.#subscribed = undefined;
  }

  #pushed([kind, , payload]: readonly Reply[]): void {
    const type = Buffer.isBuffer(kind) ? kind.toString() : kind;
    if (type === "ssubscribe") this.#subscribed?.();
    else if (type === "smessage" && Buffer.isBuffer(payload)) this.#events?.message(payload);
  }

  #renewSoon(held: Held): void {
    const { leaseMs } = this.#settings;
    this.#timer = setTimeout(() => void this.#renew(held), leaseMs / 4).unref();
  }

  async #renew(held: Held): Promise<void> {
    const { leaseMs, now } = this.#settings;
    const asked = now();
    const late = setTimeout(() => held.connection.close(new Error("Redis does not answer")), leaseMs / 2).unref();
    try {
      const live = await held.scripts.renew(held.node, this.#events?.sent() ?? 0);
      if (this.#held !== held) return;
      if (live === undefined) throw new Error("the lease has run out");
      held.leaseUntil = asked + leaseMs;
      this.#events?.nodes(live);
      this.#renewSoon(held);
    } catch (thrown) {
      held.connection.close(thrown as Error);
    } finally {
      clearTimeout(late);
    }
  }

  /** From here on nothing goes out and nothing comes; the next attempt is made after a pause. */
  #lost(connection: Connection, reason: Error): void {
    if (this.#connection !== connection) return;
    clearTimeout(this.#timer);
    this.#connection = undefined;
    this.#subscribed = undefined;
    this.#noting = undefined;
    this.#wasFull = false;
    const wasHeld = this.#held !== undefined;
    this.#held = undefined;
    if (this.#closing !== undefined) return;
    // The first failure in a row is told; the state says the rest.
    if (!this.#hasFailed) this.#events?.failed(new Error(`this relay has lost touch with Redis: ${reason.message}`, { cause: reason }));
    this.#hasFailed = true;
    if (wasHeld) this.#events?.left();
    this.#timer = setTimeout(() => this.#connect(), this.#pauseMs).unref();
    this.#pauseMs = Math.min(2 * this.#pauseMs, lastPauseMs);
  }
}

function noPlace(cause?: unknown): PeerloomError {
  const options = cause instanceof RedisError || cause instanceof Error ? { cause } : {};
  return new PeerloomError("BUSY", "this relay has lost touch with its cluster: try again", options);
}
