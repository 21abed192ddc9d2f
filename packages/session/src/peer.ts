import { deadline } from "@peerloom/core";
import type { Conversation } from "./conversation.ts";
import type { Session } from "./session.ts";

/** An endpoint's entry for one peer: the conversation, and how long the peer may still be away. */
export class Peer {
  readonly conversation: Conversation;
  /** The instance under which the relay said that the peer is there, `""` when it did not name it; undefined when it has not said so. */
  toldInstance: string | undefined;
  #stopWaiting: (() => void) | undefined;

  constructor(conversation: Conversation) {
    this.conversation = conversation;
  }

  get id(): string {
    return this.conversation.peer;
  }

  get session(): Session {
    return this.conversation.session;
  }

  /** False while neither the peer nor the relay has said that there is such a peer. */
  get isKnown(): boolean {
    return this.session.destination !== "" || this.toldInstance !== undefined;
  }

  /** The peer is out of reach: calls `expire` after `timeoutMs` unless `here` is called before. */
  away(timeoutMs: number, expire: () => void): void {
    this.#stopWaiting ??= deadline({ timeoutMs }, "waiting for a peer", expire);
  }

  /** The peer is in reach. */
  here(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
  }
}
