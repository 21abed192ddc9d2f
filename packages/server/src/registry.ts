import { PeerloomError, type AnyCode } from "@peerloom/core";
import type { Socket } from "socket.io";
import { decideClaim } from "./claim.ts";
import { Client, type ClientDetails } from "./client.ts";
import type { Line } from "./line.ts";
import { Rates, type RateSpecs } from "./rates.ts";

/** Why a client is gone. */
export type GoneReason = "closed" | "timeout" | "replaced";

export interface RegistryOptions {
  /** The id nobody may claim. */
  readonly relayId: string;
  readonly policy: "reject" | "replace";
  readonly sessionTimeoutMs: number;
  /** @throws PeerloomError `LIMIT` when there is no place for one more client. */
  readonly mayAdd: () => void;
  readonly rates: RateSpecs;
  readonly now: () => number;
  /** Runs what a timer calls, and takes what it throws. */
  readonly guard: (run: () => void) => void;
  /** A client has a socket: its first, or, when it is resumed, a new one. */
  readonly onHere: (client: Client, isResumed: boolean) => void;
  /** A client lost its socket and is expected back. */
  readonly onAway: (client: Client) => void;
  readonly onGone: (client: Client, reason: GoneReason) => void;
  /** A socket must be closed because another took its place. */
  readonly supersede: (socket: Socket) => void;
}

/** A claim by a client that was authenticated. */
export interface Claim extends ClientDetails {
  readonly hasResume: boolean;
  readonly socket: Socket;
}

/** Who holds which id. Every change of a client's `link` is made here. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #clients = new Map<string, Client>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#clients.size;
  }

  get(id: string): Client | undefined {
    return this.#clients.get(id);
  }

  values(): IterableIterator<Client> {
    return this.#clients.values();
  }

  /**
   * Gives the id to the claimant, or not: decided and done in one go, so that of two claims at the same time one wins.
   *
   * @throws PeerloomError `CLIENT_ID_TAKEN`, `LIMIT` when the relay is full, `RATE_LIMITED` when the client comes back with a debt.
   */
  claim(claim: Claim): Client {
    const { relayId, policy, mayAdd, rates } = this.#options;
    if (claim.id === relayId) throw taken(claim.id);
    const holder = this.#clients.get(claim.id);
    const isLive = holder?.link.at === "joining" || holder?.link.at === "here";
    const verdict = decideClaim(holder && { instance: holder.instance, isLive }, claim, policy);
    if (verdict === "refuse") throw taken(claim.id);
    if (verdict === "continue" && holder !== undefined) return this.#continue(holder, claim);
    if (holder !== undefined) this.remove(holder, "replaced");
    mayAdd();
    const client = new Client(claim, new Rates(rates));
    client.link = { at: "joining", socket: claim.socket };
    this.#clients.set(client.id, client);
    return client;
  }

  /** The socket that won the claim is connected. @returns false when the client has gone on without it. */
  connected(client: Client, socket: Socket, line: Line): boolean {
    if (client.link.at !== "joining" || client.link.socket !== socket) return false;
    client.link = { at: "here", socket, line };
    const isResumed = client.isAnnounced;
    client.isAnnounced = true;
    this.#options.onHere(client, isResumed);
    return true;
  }

  /** A socket is closed. Nothing happens when another has taken its place. */
  disconnected(client: Client, socket: Socket): void {
    const { link } = client;
    if ((link.at !== "joining" && link.at !== "here") || link.socket !== socket) return;
    if (!client.isAnnounced) return this.remove(client, "closed");
    const { guard, sessionTimeoutMs } = this.#options;
    const timer = setTimeout(() => guard(() => this.remove(client, "timeout")), sessionTimeoutMs).unref();
    client.link = { at: "away", timer };
    if (link.at === "here") this.#options.onAway(client);
  }

  /** Ends a client; what it still has of a socket is closed when it was replaced. */
  remove(client: Client, reason: GoneReason): void {
    const { link } = client;
    if (link.at === "gone") return;
    if (link.at === "away") clearTimeout(link.timer);
    client.link = { at: "gone" };
    this.#clients.delete(client.id);
    this.#options.onGone(client, reason);
    if (reason === "replaced" && link.at !== "away") this.#options.supersede(link.socket);
  }

  /** Forgets everyone, without a word to anyone. */
  clear(): void {
    for (const client of this.#clients.values()) {
      if (client.link.at === "away") clearTimeout(client.link.timer);
      client.link = { at: "gone" };
    }
    this.#clients.clear();
  }

  #continue(holder: Client, { socket, claims, metadata }: Claim): Client {
    const { now, supersede } = this.#options;
    if (!holder.rates.haveRecovered(now()) && holder.rates.areSunk())
      throw new PeerloomError("RATE_LIMITED", "this client sent far more than it may; it must wait before it comes back");
    const { link } = holder;
    if (link.at === "away") clearTimeout(link.timer);
    holder.link = { at: "joining", socket };
    holder.claims = claims;
    holder.metadata = metadata;
    if (link.at === "joining" || link.at === "here") supersede(link.socket);
    return holder;
  }
}

function taken(id: string): PeerloomError {
  const code: AnyCode = "CLIENT_ID_TAKEN";
  return new PeerloomError(code, `another client is connected as "${id}"`);
}
