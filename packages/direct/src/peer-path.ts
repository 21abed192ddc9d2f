import { backoff, deadline, deferred, PeerloomError, type DirectHost, type Packet, type WaitOptions } from "@peerloom/core";
import type { DriverMessage } from "@peerloom/peer/link";
import { Choice } from "./choice.ts";
import { configurationFor } from "./configuration.ts";
import { initialLife, stepLife, type Life, type LifeEffect, type LifeInput } from "./life.ts";
import { Link } from "./link.ts";
import type { DirectSettings } from "./options.ts";
import { DIRECT_REQUEST, encodeSignal, type CloseReason, type Signal } from "./signal.ts";
import { Usage } from "./usage.ts";

/** A path that was up for so long forgets the failures before. */
const LONG_MS = 30_000;

/** Messages that wait for their link. */
const MAX_EARLY = 64;

/** Codes of an answer that will not change while the session lasts. */
const final: readonly unknown[] = ["NO_HANDLER", "NO_DIRECT"];

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: PeerloomError) => void;
}

/** What the path to one peer needs of the others. */
export interface PeerPathOwner {
  readonly host: DirectHost;
  readonly settings: DirectSettings;
  /** May this peer have a link? Makes room for it where that is due. */
  admits(path: PeerPath, isUrgent: boolean): boolean;
  /** Waits for what is being closed. */
  linger(closing: Promise<void>): void;
}

/** The direct path to one peer, for as long as the session with it lasts: the I/O around `stepLife`. */
export class PeerPath {
  readonly id: string;
  readonly #owner: PeerPathOwner;
  readonly #isLeader: boolean;
  readonly #usage = new Usage(0, performance.now());
  readonly #choice: Choice;
  readonly #waiters = new Set<Waiter>();
  #life: Life = initialLife;
  #link: Link | undefined;
  /** Numbers the links; the leader counts. */
  #attempt = 0;
  /** What came before there is a link that takes it. */
  #early: DriverMessage[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #upAt = 0;
  /** Does this side go on trying by itself? */
  #isWanted = false;

  constructor(id: string, owner: PeerPathOwner) {
    this.id = id;
    this.#owner = owner;
    this.#isLeader = owner.host.id < id;
    this.#choice = new Choice({
      measure: () => this.#link?.measure() ?? new Promise(() => {}),
      isRelayUp: () => owner.host.isRelayUp(id),
      take: (isTaken) => this.#taken(isTaken),
      now: () => performance.now(),
    });
  }

  /** Is there a link, or is one being made? */
  get isBusy(): boolean {
    return this.#life.at === "connecting" || this.#life.at === "up" || this.#life.at === "down";
  }

  /** How much it has been used lately. */
  get usage(): number {
    return this.#usage.look(this.#owner.host.bytesOf(this.id), performance.now());
  }

  /** This side wants a direct path from now on. */
  want(isUrgent: boolean): void {
    this.#isWanted = true;
    this.#step({ type: "want", isUrgent });
  }

  /** Resolves when it is taken. */
  async until(wait: WaitOptions): Promise<void> {
    this.#choice.force();
    if (this.#choice.isTaken) return;
    const { promise, resolve, reject } = deferred<void>();
    const waiter: Waiter = { resolve, reject };
    const stop = deadline(wait, () => `a direct path to ${JSON.stringify(this.id)}`, reject);
    this.#waiters.add(waiter);
    this.want(true);
    try {
      await promise;
    } finally {
      stop();
      this.#waiters.delete(waiter);
    }
  }

  /** See `Transport.send`. What comes for a path that is gone is lost with it: the session has been told. */
  send(packet: Packet): boolean {
    return this.#link?.isUp === true ? this.#link.send(packet) : true;
  }

  /** Packets get no acknowledgement. */
  doubt(): void {
    this.#link?.doubt();
  }

  /** The other side has said something. @throws PeerloomError what to answer. */
  receive(signal: Signal): void {
    switch (signal.type) {
      case "want":
        return this.#wanted(signal.attempt);
      case "close":
        if (signal.attempt !== this.#attempt) return;
        // Its goodbye may have come before.
        if (signal.reason === "closed") return this.drop();
        return this.#broken();
      case "link":
        if (signal.message.type === "offer" && !this.#isLeader && signal.attempt > this.#attempt) return this.#offered(signal);
        if (signal.attempt !== this.#attempt) return;
        if (this.#link !== undefined) this.#link.take(signal.message);
        else if (this.#life.at === "connecting" && this.#early.length < MAX_EARLY) this.#early.push(signal.message);
    }
  }

  /** Goes back to the relay, and tells the other side. With the reason `full` it is tried again later. */
  leave(reason: CloseReason): void {
    if (this.isBusy) this.#tellClosed(reason);
    if (reason === "closed") this.drop();
    else this.#step({ type: "broken", wasLong: false });
  }

  /** Nobody wants it any more. */
  drop(error: PeerloomError = new PeerloomError("ABORTED", "the direct path was given up")): void {
    this.#isWanted = false;
    this.#step({ type: "drop" });
    this.#choice.reset();
    for (const { reject } of this.#waiters) reject(error);
  }

  #step(input: LifeInput): void {
    const [next, effects] = stepLife(this.#life, input, this.#owner.settings.times, this.#isLeader);
    this.#life = next;
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: LifeEffect): void {
    const { settings } = this.#owner;
    switch (effect.do) {
      case "ask":
        return void this.#ask();
      case "offer":
        return void this.#offer();
      case "restart":
        return this.#link?.restart();
      case "close":
        return this.#close();
      case "tell":
        if (!effect.isUp) return this.#choice.down();
        this.#upAt = performance.now();
        return this.#choice.up();
      case "arm":
        return this.#arm(effect.ms);
      case "rest": {
        if (!this.#isWanted) return this.#step({ type: "drop" });
        const { retryMinMs: minMs, retryMaxMs: maxMs } = settings;
        return this.#arm(backoff(effect.tries, { minMs, maxMs }));
      }
      case "disarm":
        return clearTimeout(this.#timer);
    }
  }

  #taken(isTaken: boolean): void {
    const { host } = this.#owner;
    if (!isTaken) return host.down(this.id);
    host.up(this.id);
    for (const { resolve } of this.#waiters) resolve();
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#step({ type: "timer" }), ms);
  }

  /** Asks the other side whether it will. */
  async #ask(): Promise<void> {
    const isUrgent = this.#waiters.size > 0;
    if (!this.#owner.admits(this, isUrgent)) return this.#step({ type: "refused", isFinal: false });
    try {
      await this.#request({ type: "want", attempt: this.#link === undefined ? 0 : this.#attempt });
      this.#step({ type: "agreed" });
    } catch (thrown) {
      const error = PeerloomError.is(thrown) ? thrown : new PeerloomError("HANDLER_ERROR", String(thrown));
      const isFinal = final.includes(error.code);
      this.#step({ type: "refused", isFinal });
      if (!isFinal && error.code !== "LIMIT") return;
      const code = isFinal ? "NO_DIRECT" : "LIMIT";
      const refusal = new PeerloomError(code, `${JSON.stringify(this.id)} makes no direct path: ${error.message}`, { cause: error });
      for (const { reject } of this.#waiters) reject(refusal);
    }
  }

  #wanted(attempt: number): void {
    if (!this.isBusy && !this.#owner.admits(this, false)) throw new PeerloomError("LIMIT", "too many direct paths are in use here");
    this.#step({ type: "wanted", isStale: attempt !== this.#attempt || this.#link === undefined });
  }

  #offered({ attempt, message }: Signal & { readonly type: "link" }): void {
    if (!this.isBusy && !this.#owner.admits(this, false)) throw new PeerloomError("LIMIT", "too many direct paths are in use here");
    this.#step({ type: "offered" });
    this.#close();
    this.#attempt = attempt;
    void this.#connect((link) => link.take(message));
  }

  async #offer(): Promise<void> {
    this.#close();
    this.#attempt += 1;
    await this.#connect((link) => link.offer());
  }

  /** Makes the link of this attempt; what comes for it while its servers are asked for waits. */
  async #connect(begin: (link: Link) => void): Promise<void> {
    const { host, settings } = this.#owner;
    const attempt = this.#attempt;
    const isCurrent = (): boolean => attempt === this.#attempt && this.#life.at === "connecting";
    try {
      const configuration = await configurationFor(this.id, host, settings);
      if (!isCurrent()) return;
      const link = this.#make(attempt, configuration);
      this.#link = link;
      this.#choice.renew();
      begin(link);
      for (const message of this.#early.splice(0)) link.take(message);
    } catch (thrown) {
      host.failed(this.id, thrown);
      if (isCurrent()) this.#broken();
    }
  }

  #make(attempt: number, configuration: RTCConfiguration): Link {
    const { host, settings } = this.#owner;
    const isCurrent = (): boolean => this.#link === link;
    const link: Link = new Link({
      rtc: settings.rtc,
      configuration,
      isLeader: this.#isLeader,
      heartbeat: settings.heartbeat,
      hooks: {
        signal: (message) => this.#signal({ type: "link", attempt, message }),
        up: () => isCurrent() && this.#step({ type: "up" }),
        down: () => isCurrent() && this.#step({ type: "down" }),
        broken: () => {
          if (!isCurrent()) return;
          this.#tellClosed("failed");
          this.#broken();
        },
        writable: () => isCurrent() && host.writable(this.id),
        packet: ({ text, attachments }) => {
          if (!isCurrent()) return;
          this.#choice.follow();
          host.receive(this.id, text, attachments);
        },
        failed: (error) => host.failed(this.id, error),
      },
    });
    return link;
  }

  #broken(): void {
    this.#step({ type: "broken", wasLong: this.#life.at === "up" && performance.now() - this.#upAt > LONG_MS });
  }

  #tellClosed(reason: CloseReason): void {
    this.#signal({ type: "close", attempt: this.#attempt, reason });
  }

  /** What cannot be told is noticed by silence. */
  #signal(signal: Signal): void {
    this.#request(signal).catch(() => {});
  }

  async #request(signal: Signal): Promise<void> {
    const { host, settings } = this.#owner;
    const isByRelay = host.pathOf(this.id) === "relay" && host.isRelayUp(this.id);
    const begin = performance.now();
    await host.request(this.id, DIRECT_REQUEST, encodeSignal(signal), { timeoutMs: settings.times.askMs });
    if (isByRelay && host.pathOf(this.id) === "relay") this.#choice.relayTook(performance.now() - begin);
  }

  #close(): void {
    const link = this.#link;
    this.#link = undefined;
    this.#early = [];
    if (link !== undefined) this.#owner.linger(link.close());
  }
}
