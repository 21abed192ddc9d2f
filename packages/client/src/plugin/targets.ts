import type { Unsubscribe } from "@peerloom/core";
import { checkCallback } from "@peerloom/session/p2p";
import type { Client } from "../client.ts";
import { tellDone, type DoneCallback } from "./core.ts";

/** The functions of the Message API by which clients get to know each other. */
export interface TargetApi {
  /**
   * Tells a client that this one wants to deal with it. From then on each is told by `MULTI_API_TARGET_DISCONNECT` when the other is gone.
   *
   * @throws PeerloomError `PEER_NOT_FOUND`, `PAIR_REFUSED` when the client has no `onAddP2pTarget` or its callback threw, `TIMEOUT`, `CLOSED`.
   */
  addP2pTarget(targetClientId: string, callback?: DoneCallback): Promise<void>;
  /** Is told who adds this client as a target; throws to refuse. @returns stops that. */
  onAddP2pTarget(callback: (sourceClientId: string) => unknown): Unsubscribe;
}

export interface TargetHost {
  readonly client: Client;
  /** A target is gone. */
  readonly gone: (id: string) => void;
  readonly report: (error: unknown) => void;
}

/** Who this client deals with, and wants to be told of when they are gone. */
export class Targets {
  readonly api: TargetApi;
  readonly #host: TargetHost;
  readonly #ids = new Set<string>();
  readonly #callbacks = new Set<(sourceClientId: string) => unknown>();

  constructor(host: TargetHost) {
    const { client, report } = host;
    this.#host = host;
    client.onGone(({ id }) => this.#gone(id));
    // One that said that it wants to deal with us and left before it sent anything has no session that could end.
    client.onPresence(({ id, state }) => {
      if (state === "gone") this.#gone(id);
    });
    client.onPair((from) => this.#asked(from));
    this.api = {
      addP2pTarget: (id, callback) => tellDone(this.#add(id), callback, report),
      onAddP2pTarget: (callback) => {
        checkCallback(callback, "the callback of onAddP2pTarget");
        const entry = (id: string): unknown => callback(id);
        this.#callbacks.add(entry);
        return () => void this.#callbacks.delete(entry);
      },
    };
  }

  get size(): number {
    return this.#ids.size;
  }

  /** From now on its end is told. */
  add(id: string): void {
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    this.#host.client.watch(id);
  }

  clear(): void {
    this.#ids.clear();
    this.#callbacks.clear();
  }

  async #add(id: string): Promise<void> {
    await this.#host.client.pair(id);
    this.add(id);
  }

  async #asked(from: string): Promise<undefined> {
    if (this.#callbacks.size === 0) throw new Error("this client does not listen to onAddP2pTarget");
    for (const callback of [...this.#callbacks]) await callback(from);
    this.add(from);
  }

  #gone(id: string): void {
    if (!this.#ids.delete(id)) return;
    this.#host.client.unwatch(id);
    this.#host.gone(id);
  }
}
