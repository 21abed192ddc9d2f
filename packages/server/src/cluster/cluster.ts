/** Whether a node has its place among the others: `up`, or not yet, or not now. */
export type ClusterState = "down" | "up";

/** How it stands with a relay's cluster. */
export interface ClusterStatus {
  /** `down`: what is here goes on, clients of other nodes are away, and only clients that are known here are let in. */
  readonly state: ClusterState;
  /** Nodes that have their places, this one included. */
  readonly nodes: number;
  /** Clients that other nodes hold. */
  readonly clientsElsewhere: number;
  /** Messages that have come from other nodes since the beginning, and their bytes. */
  readonly received: number;
  readonly receivedBytes: number;
}

/** An id that a node holds, in its tenant's name space. */
export interface HeldId {
  readonly tenant: string | undefined;
  readonly id: string;
  readonly instance: string;
  readonly state: "here" | "away";
}

/** A client that wants an id on this node. */
export interface IdClaim {
  readonly tenant: string | undefined;
  readonly id: string;
  readonly instance: string;
  /** Proved that this instance was given this id before. */
  readonly hasResume: boolean;
  readonly policy: "reject" | "replace";
}

/** What came of a claim. A higher fence beats a lower one, wherever it is held. */
export type ClaimVerdict =
  | { readonly isGranted: false }
  | { readonly isGranted: true; readonly fence: number; readonly wasElsewhere: boolean };

/** A node that has a lease now, and the number of the last broadcast it had sent when it last renewed that. */
export interface LiveNode {
  readonly node: string;
  readonly sent: number;
}

/** A node's place among the others. It is never given again: who loses it gets another. */
export interface Place {
  readonly node: string;
  readonly others: readonly string[];
  /** Fence of the ids that this node held before and was given again. */
  readonly fence: number;
  /** Ids that it held before, and that others hold now. */
  readonly lost: readonly HeldId[];
}

/** What a relay is told by its cluster, and asked. */
export interface ClusterEvents {
  /** The ids that this relay holds, to be claimed with its next place. */
  held(): readonly HeldId[];
  /** The number of the last broadcast that this relay has sent. */
  sent(): number;
  joined(place: Place): void;
  /** The place is lost: nothing reaches the others, and nothing comes. The cluster goes on trying. */
  left(): void;
  /** All other nodes that have a lease now; told again and again. */
  nodes(live: readonly LiveNode[]): void;
  /** Nobody heard what was sent to this node: it has lost its place, whatever its lease says. */
  unheard(node: string): void;
  message(bytes: Buffer): void;
  /** What was full takes messages again. */
  drained(): void;
  failed(thrown: unknown): void;
}

/**
 * Joins relay nodes: it knows which nodes live, decides who holds which id, and carries bytes between them. What it carries comes in one order
 * at all nodes, each message at most once. Made by `redisCluster` of `@peerloom/cluster-redis`; a relay without one is alone.
 */
export interface Cluster {
  /** Begins to look for a place. Called once, by the relay that it was given to. */
  start(events: ClusterEvents): void;
  /** Decides a claim for all nodes at once. @throws PeerloomError `BUSY` when there is no place now. */
  claim(claim: IdClaim): Promise<ClaimVerdict>;
  /** Notes what became of an id that this node holds. */
  note(held: Omit<HeldId, "state"> & { readonly state: "here" | "away" | "gone" }): void;
  /** Sends a message, in pieces, to one node. @returns false when there is no place now: then nothing was sent. */
  send(node: string, message: readonly Uint8Array[]): boolean;
  broadcast(message: readonly Uint8Array[]): boolean;
  /** So much waits to be sent that no more packets should be taken on. */
  readonly isFull: boolean;
  /** Resolves when all that was sent by anyone before has come. @throws PeerloomError `BUSY` when there is no place now. */
  sync(): Promise<void>;
  /** Gives up the place and its ids. Idempotent; never rejects. */
  close(): Promise<void>;
}
