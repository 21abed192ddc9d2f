import { PeerloomError, type AnyCode } from "@peerloom/core";
import type { Socket } from "socket.io";
import { decideClaim, type Verdict } from "./claim.ts";
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
  /** Another node has a client now that this one had: what it had of this node is over. */
  readonly onLeft: (client: Client) => void;
  /** The client of this id that another node has, as far as is known here. */
  readonly elsewhere: (id: string) => Client | undefined;
  /** It comes here: another node's it is no more. */
  readonly onTaken: (client: Client) => void;
  /** Another takes its id: it is gone. */
  readonly oust: (client: Client) => void;
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

  /** Looks whether the claim can be granted at all. @throws PeerloomError `CLIENT_ID_TAKEN`. */
  check(claim: Claim): void {
    if (this.#verdict(claim) === "refuse") throw taken(claim.id);
  }

  /**
   * Gives the id to the claimant, or not: decided and done in one go, so that of two claims at the same time one wins.
   *
   * @throws PeerloomError `CLIENT_ID_TAKEN`, `LIMIT` when the relay is full, `RATE_LIMITED` when the client comes back with a debt.
   */
  claim(claim: Claim): Client {
    const { mayAdd, rates, elsewhere, oust } = this.#options;
    const holder = this.#clients.get(claim.id);
    const verdict = this.#verdict(claim);
    if (verdict === "refuse") throw taken(claim.id);
    if (verdict === "continue" && holder !== undefined) return this.#continue(holder, claim);
    if (holder !== undefined) this.remove(holder, "replaced");
    mayAdd();
    const abroad = elsewhere(claim.id);
    if (abroad !== undefined && claim.hasResume && abroad.instance === claim.instance) return this.#take(abroad, claim);
    if (abroad !== undefined) oust(abroad);
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
    if (reason === "replaced" && (link.at === "joining" || link.at === "here")) this.#options.supersede(link.socket);
  }

  /** Lets go of a client that another node has now; what it still has of a socket here is closed. */
  release(client: Client): void {
    const { link } = client;
    if (link.at === "away") clearTimeout(link.timer);
    client.link = { at: "gone" };
    this.#clients.delete(client.id);
    this.#options.onLeft(client);
    if (link.at === "joining" || link.at === "here") this.#options.supersede(link.socket);
  }

  /** Forgets everyone, without a word to anyone. */
  clear(): void {
    for (const client of this.#clients.values()) {
      if (client.link.at === "away") clearTimeout(client.link.timer);
      client.link = { at: "gone" };
    }
    this.#clients.clear();
  }

  #verdict(claim: Claim): Verdict {
    const { relayId, policy } = this.#options;
    if (claim.id === relayId) return "refuse";
    const holder = this.#clients.get(claim.id);
    const isLive = holder?.link.at === "joining" || holder?.link.at === "here";
    return decideClaim(holder && { instance: holder.instance, isLive }, claim, policy);
  }

  /** Goes on with a client that another node had: what it is in, offers and publishes stays. */
  #take(client: Client, { socket, claims, metadata }: Claim): Client {
    const { onTaken, rates } = this.#options;
    onTaken(client);
    client.rates = new Rates(rates);
    client.link = { at: "joining", socket };
    client.claims = claims;
    client.metadata = metadata;
    this.#clients.set(client.id, client);
    return client;
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
