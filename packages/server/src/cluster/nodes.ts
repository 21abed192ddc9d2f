import { PeerloomError, type Unsubscribe } from "@peerloom/core";
import type { Client } from "../client.ts";
import type { Common } from "../common.ts";
import type { Core } from "../core.ts";
import { answerPair } from "./answer-pair.ts";
import { applyMessage } from "./apply.ts";
import type { Cluster, ClusterState, ClusterStatus, HeldId, LiveNode, Place } from "./cluster.ts";
import { decodeFrames, encodeFrame } from "./frames.ts";
import { answerHeads } from "./heads.ts";
import { watchSignalKeys } from "./keys.ts";
import { parseNodeMessage, type NodeMessage } from "./messages.ts";
import { Outbox } from "./outbox.ts";
import { parseParcel } from "./packets.ts";
import { Parcels } from "./parcels.ts";
import { Questions } from "./questions.ts";
import { RemoteNode } from "./remote-node.ts";
import { describeClients, describeTopics, signalKeys, takeSnapshot } from "./snapshot.ts";

/** The name spaces of the relay. */
export interface Spaces {
  cores(): Iterable<Core>;
  find(tenant: string | undefined): Core | undefined;
  /** @throws PeerloomError `LIMIT` when there are too many tenants. */
  hold(tenant: string | undefined): Core;
  release(core: Core): void;
}

/** A snapshot that does not come is asked for again after this time, in milliseconds. */
const snapshotMs = 1000;
/** Nodes that are known to have lost their places: what they still say is not believed. */
const maxBuried = 10_000;

/**
 * The other nodes of the cluster. Each node tells the others all that its clients are, are in, offer and publish, by numbered broadcasts; who misses one
 * asks for a snapshot. So each node answers from tables of its own, and what is sent to a client or a room goes straight to the nodes that have it.
 */
export class Nodes {
  readonly common: Common;
  readonly spaces: Spaces;
  readonly cluster: Cluster;
  readonly outbox: Outbox;
  readonly questions: Questions;
  readonly parcels: Parcels;
  state: ClusterState = "down";
  readonly #nodes = new Map<string, RemoteNode>();
  readonly #buried = new Set<string>();
  #self: string | undefined;
  readonly #stopWatching: Unsubscribe;
  #isClosed = false;
  #received = 0;
  #receivedBytes = 0;

  constructor(common: Common, spaces: Spaces, cluster: Cluster) {
    this.common = common;
    this.spaces = spaces;
    this.cluster = cluster;
    const guard = (run: () => void): void => common.guard(run);
    this.outbox = new Outbox({ guard, send: (bytes, node) => (node === undefined ? cluster.broadcast(bytes) : cluster.send(node, bytes)) });
    this.questions = new Questions({
      handlers: { heads: (body) => answerHeads(this, body), pair: (body) => answerPair(this, body) },
      send: (node, message) => this.send(node, message),
      failed: (thrown) => common.failed(thrown),
    });
    this.parcels = new Parcels(this);
    this.#stopWatching = watchSignalKeys(common.namespace, (key, isOn) => this.tell({ type: "listening", key, isOn }));
  }

  /** How it stands, for the operator. */
  get status(): ClusterStatus {
    let [nodes, clientsElsewhere] = [this.state === "up" ? 1 : 0, 0];
    for (const { isLost } of this.#nodes.values()) if (!isLost) nodes += 1;
    for (const { replicas } of this.spaces.cores()) clientsElsewhere += replicas.size;
    return {
      state: this.state,
      nodes,
      clientsElsewhere,
      received: this.#received,
      receivedBytes: this.#receivedBytes,
    };
  }

  /** How many others there are, lost ones included. */
  get size(): number {
    return this.#nodes.size;
  }

  values(): IterableIterator<RemoteNode> {
    return this.#nodes.values();
  }

  start(): void {
    const { common } = this;
    this.cluster.start({
      held: () => this.#held(),
      sent: () => this.outbox.sent,
      joined: (place) => common.guard(() => this.#joined(place)),
      left: () => common.guard(() => this.#left()),
      nodes: (live) => common.guard(() => this.#look(live)),
      unheard: (id) => common.guard(() => this.bury(id)),
      message: (bytes) => common.guard(() => this.#receive(bytes)),
      drained: () => common.guard(() => this.parcels.drained()),
      failed: (thrown) => common.failed(thrown),
    });
  }

  /** Tells all other nodes. */
  tell(message: NodeMessage): void {
    if (this.#self !== undefined) this.outbox.push(undefined, encodeFrame(JSON.stringify(message)));
  }

  /** Tells one node. */
  send(node: string, message: NodeMessage): void {
    if (this.#self !== undefined) this.outbox.push(node, encodeFrame(JSON.stringify(message)));
  }

  /** Notes for all what became of a client of this node. */
  note({ tenant }: Core, { id, instance }: Client, state: "here" | "away" | "gone"): void {
    this.cluster.note({ tenant, id, instance, state });
  }

  /** Resolves when all that was told anywhere before has come here; at once while this node has no place. */
  async settled(): Promise<void> {
    if (this.state === "up") await this.cluster.sync().catch(() => {});
  }

  /** A node has lost its place for good. */
  bury(id: string): void {
    this.#buried.add(id);
    if (this.#buried.size > maxBuried) for (const first of [...this.#buried].slice(0, maxBuried / 2)) this.#buried.delete(first);
    const node = this.#nodes.get(id);
    if (node !== undefined) this.#lose(node);
  }

  /** Answers a node that has missed something: all that is here. */
  sendSnapshot(to: string): void {
    this.outbox.flush();
    for (const part of takeSnapshot(this.common, this.spaces, this.outbox.sent)) this.send(to, part);
  }

  /** Says goodbye: the others know at once that this node's clients are on their way. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.tell({ type: "leaving" });
    this.outbox.flush();
    this.#isClosed = true;
    this.#stopWatching();
    this.questions.end();
    this.parcels.clear();
    for (const node of this.#nodes.values()) clearTimeout(node.timer);
    this.#nodes.clear();
    this.#self = undefined;
    this.state = "down";
    await this.cluster.close();
  }

  #held(): readonly HeldId[] {
    const held: HeldId[] = [];
    for (const { tenant, registry } of this.spaces.cores())
      for (const { id, instance, state } of registry.values()) held.push({ tenant, id, instance, state });
    return held;
  }

  #joined({ node, others, fence, lost }: Place): void {
    if (this.#isClosed) return;
    this.#self = node;
    this.outbox.begin(node);
    for (const { tenant, id, instance } of lost) {
      const client = this.spaces.find(tenant)?.registry.get(id);
      if (client?.instance === instance) this.spaces.find(tenant)?.registry.remove(client, "replaced");
    }
    this.tell({ type: "hello" });
    for (const { registry } of this.spaces.cores()) for (const client of registry.values()) client.fence = fence;
    for (const client of describeClients(this.spaces)) this.tell({ type: "client", client });
    for (const count of describeTopics(this.spaces)) this.tell({ type: "subscribers", ...count });
    for (const key of signalKeys(this.common)) this.tell({ type: "listening", key, isOn: true });
    const live = new Set(others);
    for (const known of [...this.#nodes.values()]) if (!live.has(known.id)) this.bury(known.id);
    for (const id of others) this.#meet(id);
    this.#turn("up");
  }

  #left(): void {
    if (this.#isClosed) return;
    this.#self = undefined;
    this.outbox.begin(undefined);
    this.questions.end();
    for (const node of this.#nodes.values()) this.#lose(node);
    this.#turn("down");
    this.parcels.drained();
  }

  /** Looks who still lives, and whether all has come that they had sent the last time. */
  #look(live: readonly LiveNode[]): void {
    const alive = new Set(live.map(({ node }) => node));
    for (const { id } of [...this.#nodes.values()]) if (!alive.has(id)) this.bury(id);
    for (const { node: id, sent } of live) {
      const node = this.#nodes.get(id);
      if (id === this.#self || this.#buried.has(id)) continue;
      if (node === undefined || node.isLost) {
        this.#meet(id);
        continue;
      }
      if (node.expected === undefined || node.expected < node.announced) this.#wantSnapshot(node);
      node.announced = sent;
      this.parcels.look(node);
    }
  }

  #receive(bytes: Buffer): void {
    const [envelope, ...frames] = decodeFrames(bytes) ?? [];
    const [from, sent]: readonly unknown[] = Array.isArray(envelope?.head) ? envelope.head : [];
    if (typeof from !== "string") return this.malformed("a message");
    if (from === this.#self || this.#self === undefined || this.#buried.has(from)) return;
    this.#received += 1;
    this.#receivedBytes += bytes.length;
    const node = this.#nodes.get(from) ?? this.#meet(from, sent === 0 ? 0 : undefined);
    if (node.isLost || (typeof sent === "number" && !this.#isNext(node, sent))) return;
    for (const { head, body } of frames) {
      if (Array.isArray(head)) {
        const parcel = parseParcel(head);
        if (parcel === undefined) this.malformed("a packet");
        else this.parcels.receive(node, parcel, body);
        continue;
      }
      const message = parseNodeMessage(head);
      if (message === undefined) this.malformed("a message");
      else this.common.guard(() => applyMessage(this, node, message));
    }
  }

  /** Other nodes are programs of ours, of another version perhaps; what they say is checked all the same. */
  malformed(what: string): void {
    this.common.failed(new PeerloomError("BAD_PACKET", `${what} of another node is not of this version`));
  }

  #isNext(node: RemoteNode, sent: number): boolean {
    // A node begins by telling all it has, so that nothing has to be asked of one that is heard from its beginning.
    if (sent === 0) node.expected = 0;
    if (node.expected === undefined || sent > node.expected) {
      this.#wantSnapshot(node);
      return false;
    }
    if (sent < node.expected) return false;
    node.expected += 1;
    return true;
  }

  /** A node that is new here, or is heard again. */
  #meet(id: string, expected?: number): RemoteNode {
    const known = this.#nodes.get(id);
    const node = known ?? new RemoteNode(id, expected, (frame) => this.outbox.push(id, frame));
    this.#nodes.set(id, node);
    clearTimeout(node.timer);
    node.isLost = false;
    if (known !== undefined || expected === undefined) this.#wantSnapshot(node);
    return node;
  }

  #wantSnapshot(node: RemoteNode): void {
    const now = this.common.settings.now();
    node.expected = undefined;
    if (node.askedAt !== undefined && now - node.askedAt < snapshotMs) return;
    node.askedAt = now;
    this.send(node.id, { type: "snapshot-wanted" });
  }

  /** Its clients are away now, and gone when they are not back in time. */
  #lose(node: RemoteNode): void {
    if (node.isLost) return;
    node.isLost = true;
    node.window.reset();
    node.expected = undefined;
    node.askedAt = undefined;
    node.named = undefined;
    this.questions.end(node.id);
    this.forgetInterest(node);
    for (const [client, core] of [...node.clients]) core.replicas.turn(client, "away");
    const { sessionTimeoutMs } = this.common.settings;
    node.timer = setTimeout(() => this.common.guard(() => this.#drop(node)), sessionTimeoutMs).unref();
  }

  #drop(node: RemoteNode): void {
    for (const [client, core] of [...node.clients]) core.replicas.remove(client, "timeout");
    if (this.#nodes.get(node.id) === node) this.#nodes.delete(node.id);
  }

  /** Nothing of topics and signaling goes there any more. */
  forgetInterest(node: RemoteNode): void {
    for (const [topic, core] of node.topics) core.setAbroad(topic, node, 0);
    node.topics.clear();
    node.keys.clear();
  }

  #turn(state: ClusterState): void {
    this.state = state;
    this.common.announce("cluster", () => this.status);
  }
}
