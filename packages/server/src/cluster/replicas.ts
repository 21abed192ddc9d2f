import { Client } from "../client.ts";
import type { Core } from "../core.ts";
import { Rates } from "../rates.ts";
import type { GoneReason } from "../registry.ts";
import { takeHoldings } from "./holdings.ts";
import type { ClientState } from "./messages.ts";
import type { RemoteNode } from "./remote-node.ts";

const free = { perSecond: Infinity, burst: Infinity };
/** What clients of other nodes may cause here is counted there. */
const noRates = { packets: free, bytes: free, fanout: free, controls: free, malformed: free };

/**
 * The clients of one name space that other nodes hold: what there is to know of them, so that all that is asked about them is answered here. Each
 * belongs to one node, which alone tells of it; of two nodes that claim the same client the higher fence is right.
 */
export class Replicas {
  readonly #core: Core;
  readonly #clients = new Map<string, Client>();
  readonly #rates = new Rates(noRates);

  constructor(core: Core) {
    this.#core = core;
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

  /** A client as its node tells of it: a new one, or all that there is to know of it now. */
  put(node: RemoteNode, state: ClientState): Client | undefined {
    const known = this.#core.registry.get(state.id) ?? this.#clients.get(state.id);
    if (known !== undefined && known.fence > state.fence) return undefined;
    const client = known?.instance === state.instance ? known : this.#replace(known, state);
    const wasHere = client.state;
    const isNew = client.link.at === "gone";
    this.#hold(client, node, state.state);
    client.fence = state.fence;
    const isSame = !isNew && wasHere === state.state && JSON.stringify(client.metadata) === JSON.stringify(state.metadata);
    client.metadata = state.metadata;
    takeHoldings(this.#core, client, state);
    if (!isSame) this.#core.tellState(client);
    return client;
  }

  /** The client of this id, if it is this node's to tell of. */
  of(node: RemoteNode, id: string): Client | undefined {
    const client = this.#clients.get(id);
    return client?.link.at === "abroad" && client.link.node === node ? client : undefined;
  }

  /** It is here again, or away. */
  turn(client: Client, state: "here" | "away"): void {
    const { link } = client;
    if (link.at !== "abroad" || link.state === state) return;
    client.link = state === "here" ? link.node.here : link.node.away;
    this.#core.tellState(client);
  }

  /** It is gone. */
  remove(client: Client, reason: GoneReason): void {
    if (!this.#drop(client)) return;
    this.#core.forget(client, reason);
    client.link = { at: "gone" };
  }

  /** Gives a client to this node's registry, with all that it is in, offers and publishes. */
  release(client: Client): void {
    this.#core.rooms.uncount(client);
    this.#drop(client);
  }

  clear(): void {
    this.#clients.clear();
  }

  /** The holder makes way for another client of its id. @returns the client, which nobody holds yet. */
  #replace(known: Client | undefined, { id, instance, metadata }: ClientState): Client {
    if (known?.link.at === "abroad") this.remove(known, "replaced");
    else if (known !== undefined) this.#core.registry.remove(known, "replaced");
    const client = new Client({ id, instance, claims: undefined, metadata }, this.#rates);
    client.link = { at: "gone" };
    client.isAnnounced = true;
    return client;
  }

  #hold(client: Client, node: RemoteNode, state: "here" | "away"): void {
    const { link } = client;
    if (link.at === "abroad" && link.node === node) {
      client.link = state === "here" ? node.here : node.away;
      return;
    }
    if (link.at === "abroad") {
      this.#core.rooms.uncount(client);
      link.node.clients.delete(client);
    } else if (link.at !== "gone") this.#core.registry.release(client);
    client.rates = this.#rates;
    client.link = state === "here" ? node.here : node.away;
    node.clients.set(client, this.#core);
    this.#clients.set(client.id, client);
    this.#core.rooms.count(client);
  }

  #drop(client: Client): boolean {
    if (this.#clients.get(client.id) !== client) return false;
    this.#clients.delete(client.id);
    if (client.link.at === "abroad") client.link.node.clients.delete(client);
    return true;
  }
}
