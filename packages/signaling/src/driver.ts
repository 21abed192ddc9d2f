import type { ListenOptions, Unsubscribe } from "@peerloom/core";

/**
 * An address at a driver: everyone in a room, or one peer in it. Any text is allowed in both parts; a driver has to escape them, so
 * that no room's name reaches another room or another room's peer.
 */
export type Namespace = readonly [room: string] | readonly [room: string, peer: string];

/** Takes what was published to a namespace. `from` is the publisher's id where the medium proves it. Must not throw. */
export type SignalHandler = (bytes: Uint8Array, from?: string) => void;

export interface DriverEvents {
  /** The medium is connected (again); the subscriptions are in force (again). */
  active: object;
  /** The medium is out of reach; what is published meanwhile is lost. */
  inactive: object;
  /** Something went wrong that no call of this driver can report. */
  error: { readonly error: unknown };
}

/**
 * Carries small messages between peers that have no connection yet: a broker, a relay, tabs of one browser, a memory. At most once, in
 * order from each publisher to each namespace while the medium stays connected. Any number of peers may share one driver object.
 */
export interface Driver extends AsyncDisposable {
  /** For messages: `nats`, `memory`, … */
  readonly name: string;
  /** Can strangers publish and listen here? Then peers encrypt and sign what they say unless they are told otherwise. */
  readonly isShared: boolean;
  readonly isActive: boolean;
  /** How many things the medium brought that were no messages; they are dropped, and reported by `error` now and then. */
  readonly malformed?: number;
  on<K extends keyof DriverEvents>(name: K, listener: (event: DriverEvents[K]) => void, options?: ListenOptions): Unsubscribe;
  /**
   * Resolves once in force: what is published after that is delivered to `handler`. The same handler twice is one subscription. While the
   * medium is out of reach it waits for it; once in force, a subscription comes back with the medium by itself.
   *
   * @throws PeerloomError `CLOSED`, `ABORTED` when unsubscribed meanwhile, `TIMEOUT`, or what the medium refused it with.
   */
  subscribe(namespace: Namespace, handler: SignalHandler): Promise<void>;
  /** Resolves once over. Unknown handlers are ignored. */
  unsubscribe(namespace: Namespace, handler: SignalHandler): Promise<void>;
  /**
   * Resolves when handed to the medium, not when received. All handlers of the namespace get it, those on this driver object too:
   * peers leave out what they said themselves.
   *
   * @throws PeerloomError `CLOSED` after close, `TOO_LARGE`, `DRIVER_INACTIVE` while the medium is out of reach, `TIMEOUT`, or what the
   * medium refused it with.
   */
  publish(namespace: Namespace, bytes: Uint8Array): Promise<void>;
  /** Ends all subscriptions. What the user gave (a connection, a socket) stays open. Idempotent; never rejects. */
  close(): Promise<void>;
}
