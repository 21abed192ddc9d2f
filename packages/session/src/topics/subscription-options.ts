import type { MessageContext, PeerloomError, WaitOptions } from "@peerloom/core";

/** What a subscriber's handler is told beside what was published; always its last argument. */
export interface TopicContext extends MessageContext {
  readonly service: string;
  readonly topic: string;
}

/** What a subscription tells beside what is published. `from` is the publisher's id. */
export interface SubscriptionEvents {
  /** So many events are lost: they left the publisher's history before they could be fetched. */
  gap: { readonly from: string; readonly missed: number };
  /** A publisher has begun, or is back. */
  live: { readonly from: string };
  /** A publisher lost its connection and may come back. */
  away: { readonly from: string };
  /** A publisher has destroyed the topic, or is gone for good. The subscription waits for the next one. */
  destroyed: { readonly from: string; readonly reason: string | undefined };
  /** The subscription is over; `error` is missing after `unsubscribe()` and `close()`. */
  closed: { readonly error: PeerloomError | undefined };
}

export interface SubscribeOptions extends WaitOptions {
  /** Begin with up to so many events of each publisher's history. @defaultValue 0 */
  readonly replay?: number | undefined;
  /** Is given each publisher's snapshot, where it makes one, before what follows it. Goes before `replay`. */
  readonly onSnapshot?: ((snapshot: unknown, context: TopicContext) => unknown) | undefined;
  readonly onGap?: ((event: SubscriptionEvents["gap"]) => unknown) | undefined;
  readonly onDestroyed?: ((event: SubscriptionEvents["destroyed"]) => unknown) | undefined;
}
