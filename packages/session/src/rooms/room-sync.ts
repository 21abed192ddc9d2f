import { backoff } from "@peerloom/core";
import { ROOM_TIMING } from "./limits.ts";
import { parseReplay } from "./replay.ts";
import type { RoomHost } from "./room-host.ts";
import type { RoomRoster, RosterEffect } from "./room-roster.ts";

/** The effects that only concern the application. */
export type RoomNews = Extract<RosterEffect, { readonly do: "deliver" | "gap" | "tell" }>;

/** One replay that is under way, or waits for its next try. */
interface Ask {
  readonly instance: string;
  readonly abort: AbortController;
  attempt: number;
  /** Milliseconds spent between tries. */
  waitedMs: number;
  timer?: ReturnType<typeof setTimeout>;
}

/** Runs what a roster asks for: replay requests with their retries, and the time a member may stay away. */
export class RoomSync {
  readonly #room: string;
  readonly #host: RoomHost;
  readonly #roster: RoomRoster;
  readonly #tell: (news: RoomNews) => void;
  readonly #asks = new Map<string, Ask>();
  readonly #awaited = new Map<string, ReturnType<typeof setTimeout>>();
  #isEnded = false;

  constructor(room: string, host: RoomHost, roster: RoomRoster, tell: (news: RoomNews) => void) {
    this.#room = room;
    this.#host = host;
    this.#roster = roster;
    this.#tell = tell;
  }

  /** Runs effects in order; stops when the room ends meanwhile. */
  run(effects: readonly RosterEffect[]): void {
    for (const effect of effects) {
      if (this.#isEnded) return;
      this.#run(effect);
    }
  }

  /** Nobody can come back while this client itself is cut off: the waits start anew with the next list. */
  detached(): void {
    for (const timer of this.#awaited.values()) clearTimeout(timer);
    this.#awaited.clear();
  }

  /** Stops every timer and request. */
  end(): void {
    this.#isEnded = true;
    this.detached();
    for (const id of [...this.#asks.keys()]) this.#stopAsking(id);
  }

  #run(effect: RosterEffect): void {
    switch (effect.do) {
      case "deliver":
      case "gap":
        return this.#tell(effect);
      case "tell":
        if (effect.change === "leave") this.#stopAsking(effect.member.id);
        return this.#tell(effect);
      case "await":
        return this.#await(effect.id);
      case "found":
        clearTimeout(this.#awaited.get(effect.id));
        return void this.#awaited.delete(effect.id);
      case "ask":
        return this.#ask(effect.to, effect.instance, effect.from);
    }
  }

  #await(id: string): void {
    if (this.#awaited.has(id)) return;
    const timer = setTimeout(() => {
      this.#awaited.delete(id);
      this.run(this.#roster.expire(id));
    }, this.#host.sessionTimeoutMs);
    this.#awaited.set(id, timer);
  }

  #ask(to: string, instance: string, from: number): void {
    const known = this.#asks.get(to);
    const ask: Ask = known?.instance === instance ? known : { instance, abort: new AbortController(), attempt: 0, waitedMs: 0 };
    if (known !== ask) this.#stopAsking(to);
    this.#asks.set(to, ask);
    this.#host.askReplay(to, [this.#room, instance, from], ask.abort.signal).then(
      (value) => this.#answered(to, ask, from, value),
      () => this.#failed(to, ask),
    );
  }

  #answered(to: string, ask: Ask, from: number, value: unknown): void {
    if (this.#asks.get(to) !== ask) return;
    const replay = parseReplay(value, from);
    if (replay === undefined) {
      this.#host.malformed("replay");
      return this.#failed(to, ask);
    }
    this.#asks.delete(to);
    this.run(this.#roster.answered(to, ask.instance, replay));
  }

  #failed(to: string, ask: Ask): void {
    if (this.#asks.get(to) !== ask) return;
    if (ask.waitedMs >= this.#host.sessionTimeoutMs) {
      this.#asks.delete(to);
      return this.run(this.#roster.giveUp(to, ask.instance));
    }
    const delayMs = backoff(ask.attempt, { minMs: ROOM_TIMING.retryMs, maxMs: ROOM_TIMING.maxRetryMs });
    ask.attempt += 1;
    ask.waitedMs += delayMs;
    ask.timer = setTimeout(() => {
      const effects = this.#roster.retry(to, ask.instance);
      if (effects.length === 0) this.#asks.delete(to);
      this.run(effects);
    }, delayMs);
  }

  #stopAsking(id: string): void {
    const ask = this.#asks.get(id);
    if (ask === undefined) return;
    this.#asks.delete(id);
    clearTimeout(ask.timer);
    ask.abort.abort();
  }
}
