import type { AnyCode } from "@peerloom/core";
import type { Member, Metadata, Notice, Notices } from "@peerloom/protocol";
import type { Socket } from "socket.io";
import type { RemoteNode } from "./cluster/remote-node.ts";
import type { Gathered } from "./gather.ts";
import type { Line } from "./line.ts";
import type { Rates } from "./rates.ts";
import type { Membership } from "./rooms.ts";
import type { Registration } from "./service-registry.ts";
import type { ToldPaths } from "./told-paths.ts";
import type { Publication, Topic } from "./topics.ts";

/** Is told what became of the packets it sent. */
export interface Sender {
  readonly id: string;
  /** Packet `serial` to `to` was not forwarded. */
  refused(to: string, code: AnyCode, serial: number): void;
  /** `to`, which was refused before, takes packets again. */
  ready(to: string): void;
}

/** Is told about the presence of the ids it watches. */
export interface Watcher {
  presence(notice: Notices["presence"]): void;
}

/** A client's connection. */
export interface Here {
  readonly at: "here";
  readonly socket: Socket;
  readonly line: Line;
}

/**
 * Where a client is. `joining`: admitted, but its socket is not through socket.io's own handshake yet. `abroad`: another node of the cluster
 * has it, and tells here how it is.
 */
export type Link =
  | { readonly at: "joining"; readonly socket: Socket }
  | Here
  | { readonly at: "away"; readonly timer: NodeJS.Timeout | undefined }
  | { readonly at: "abroad"; readonly node: RemoteNode; readonly state: "here" | "away" }
  | { readonly at: "gone" };

/** What is told of a client when it is made. */
export interface ClientDetails {
  readonly id: string;
  readonly instance: string;
  readonly claims: unknown;
  readonly metadata: Metadata | undefined;
}

/** One client object of a program, from its first connection until it is gone; its sockets come and go. */
export class Client implements Sender, Watcher {
  readonly id: string;
  readonly instance: string;
  claims: unknown;
  metadata: Metadata | undefined;
  link: Link = { at: "away", timer: undefined };
  /** Whether others were told that it is here; before that nobody needs to hear that it is not. */
  isAnnounced = false;
  rates: Rates;
  /** Of two nodes that claim it, the one with the higher number is right; 0 without a cluster. */
  fence = 0;
  /** Its rooms by name; made when the first is joined. */
  rooms: Map<string, Membership> | undefined;
  /** Joins under way, by room: only the latest may finish. */
  joining: Map<string, symbol> | undefined;
  /** Ids it watches; made when the first is. */
  watching: Set<string> | undefined;
  /** Services it provides, by name; made when the first is. */
  provides: Map<string, Registration> | undefined;
  /** Offers under way, by service: only the latest may finish. */
  providing: Map<string, symbol> | undefined;
  /** Services whose providers it watches. */
  serviceWatches: Set<string> | undefined;
  /** Whether it watches the list of services. */
  watchesServices = false;
  /** Topics it publishes and those it subscribes to, by room. */
  publishes: Map<string, Publication> | undefined;
  subscribes: Map<string, Topic> | undefined;
  /** Subscriptions under way, by room: only the latest may finish. */
  subscribing: Map<string, symbol> | undefined;
  /** Room packets that came together and go out together. */
  gathered: Gathered | undefined;
  /** Peers by path, as the client tells it. */
  paths: ToldPaths | undefined;
  /** Peers that must be told `ready` when its rates have recovered. */
  limitedTo: Set<string> | undefined;
  /** Its own pairing questions without an answer yet, and those that it was asked. */
  asking = 0;
  asked = 0;

  constructor({ id, instance, claims, metadata }: ClientDetails, rates: Rates) {
    this.id = id;
    this.instance = instance;
    this.claims = claims;
    this.metadata = metadata;
    this.rates = rates;
  }

  get state(): "here" | "away" {
    if (this.link.at === "abroad") return this.link.state;
    return this.link.at === "here" ? "here" : "away";
  }

  /** Sends an event when it is here; does nothing otherwise. */
  emit(event: string, ...args: unknown[]): void {
    if (this.link.at === "here") this.link.socket.emit(event, ...args);
  }

  notify(notice: Notice): void {
    this.emit("notify", notice);
  }

  refused(to: string, code: AnyCode, serial: number): void {
    if (this.link.at === "abroad") this.link.node.refuse(this, to, code, serial);
    else this.emit("u", to, code, serial);
  }

  ready(to: string): void {
    if (this.link.at === "abroad") this.link.node.ready(this, to);
    else this.emit("ready", to);
  }

  presence(notice: Notices["presence"]): void {
    this.notify({ type: "presence", ...notice });
  }
}

/** How others see a member. */
export function memberOf({ client, head, metadata }: Membership): Member {
  return { id: client.id, instance: client.instance, state: client.state, head, ...(metadata === undefined ? {} : { metadata }) };
}
