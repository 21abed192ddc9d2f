import type { AnyCode } from "@peerloom/core";
import type { Client, Link } from "../client.ts";
import type { Core } from "../core.ts";
import type { Topic } from "../topics.ts";
import { readyFrame, refusalFrame } from "./packets.ts";
import { NodeWindow } from "./window.ts";

/** Another node of the cluster, under the name of its present place. */
export class RemoteNode {
  readonly id: string;
  /** The links of its clients, which have no other. */
  readonly here: Link;
  readonly away: Link;
  /** Clients it holds, and the name spaces they are in. */
  readonly clients: Map<Client, Core> = new Map();
  /** Topics that some there subscribe to. */
  readonly topics: Map<Topic, Core> = new Map();
  /** socket.io's rooms of signaling that some there listen in. */
  readonly keys: Set<string> = new Set();
  /** The number of its next broadcast; undefined while all that it holds has to be told first. */
  expected: number | undefined;
  /** When a snapshot was asked for; undefined when none is on its way. */
  askedAt: number | undefined;
  /** What it had sent when it was last heard of: it must have come by the next time. */
  announced = 0;
  /** Clients that the snapshot that is coming has named. */
  named: Set<Client> | undefined;
  /** What is under way between it and this one. */
  readonly window: NodeWindow = new NodeWindow();
  /** Room packets were left out because too much was on its way: it is told how far their senders have come when that is over. */
  hasMissed = false;
  /** It has lost its place: its clients are away, until they come back at another or their time is up. */
  isLost = false;
  timer: NodeJS.Timeout | undefined;

  readonly #push: (frame: readonly Uint8Array[]) => void;

  /** `push` takes what is for this node. */
  constructor(id: string, expected: number | undefined, push: (frame: readonly Uint8Array[]) => void) {
    this.id = id;
    this.#push = push;
    this.expected = expected;
    this.here = { at: "abroad", node: this, state: "here" };
    this.away = { at: "abroad", node: this, state: "away" };
  }

  /** One of its clients is told that a packet of its was not forwarded. */
  refuse(client: Client, peer: string, code: AnyCode, serial: number): void {
    this.#push(refusalFrame(this.clients.get(client)?.tenant, client.id, peer, code, serial));
  }

  /** One of its clients is told that a peer takes packets again. */
  ready(client: Client, peer: string): void {
    this.#push(readyFrame(this.clients.get(client)?.tenant, client.id, peer));
  }
}
