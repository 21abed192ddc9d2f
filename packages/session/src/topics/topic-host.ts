import type { Defer, Packet, PeerloomError, WaitOptions } from "@peerloom/core";
import type { Member, Metadata, TopicName } from "@peerloom/protocol";

/** What the relay answers to a publisher. */
export interface Publishing {
  /** What proves to the publisher that somebody may subscribe; the relay tells it to subscribers. */
  readonly key: string;
  readonly subscribers: number;
}

/** What the relay answers to a subscriber. */
export interface Subscribed {
  readonly key: string;
  readonly publishers: readonly Member[];
}

/** What topics need from the client they belong to. */
export interface TopicHost {
  readonly instance: string;
  readonly defer: Defer;
  /** How long a publisher may be away, in milliseconds. */
  readonly sessionTimeoutMs: number;
  /** Hands a packet to the relay. @returns false when it was not taken. */
  send(room: string, next: number, packet: Packet): boolean;
  /** Tells the relay that this client publishes a topic, behind its service. `onReply` is called before anything that comes later. */
  publish(topic: TopicName, head: number, metadata: Metadata, onReply: (reply: Publishing) => void, wait: WaitOptions): Promise<void>;
  /** Never rejects. */
  unpublish(topic: TopicName): Promise<void>;
  subscribe(topic: TopicName, onReply: (reply: Subscribed) => void, wait: WaitOptions): Promise<void>;
  /** Never rejects. */
  unsubscribe(topic: TopicName): Promise<void>;
  /** Sends a session request of Peerloom's own. */
  ask(to: string, request: string, args: readonly unknown[], signal: AbortSignal): Promise<unknown>;
  /** A handler of the application threw, or the relay ended something. */
  failed(failure: { readonly error: unknown; readonly from?: string; readonly event?: string }): void;
  /** Events that were not sent and never will be. */
  undeliverable(room: string, count: number, error: PeerloomError): void;
  malformed(what: string): void;
}
