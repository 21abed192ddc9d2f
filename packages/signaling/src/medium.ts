/**
 * What a driver is made of: something that carries bytes to addresses. Addresses are short (at most 97 characters) and made of
 * `A–Z a–z 0–9 _ - = ~` and at most one `.`, so they can be topics, subjects or room names as they are. Each method may throw or reject:
 * the caller of the driver is told.
 */
export interface Medium {
  /** Resolves once in force. Called again for the same address after the medium was out of reach. */
  subscribe(address: string): Promise<void> | void;
  unsubscribe(address: string): Promise<void> | void;
  /** `bytes` are the medium's own. Resolves when handed over; messages of one caller stay in order. */
  publish(address: string, bytes: Uint8Array): Promise<void> | void;
  /** Takes back what was added to the user's connection: listeners, timers. */
  close?(): Promise<void> | void;
  /** The id by which the medium stamps what is published here. */
  readonly self?: string | undefined;
}

/** What a medium tells its driver. Nothing here throws, whatever is handed in. */
export interface MediumEvents {
  /** Something came for an address. What is no message is dropped and counted; what nobody subscribed to is ignored. */
  readonly message: (address: unknown, bytes: unknown, from?: unknown) => void;
  /** The medium can be reached, for the first time or again. */
  readonly active: () => void;
  /** The medium is out of reach. */
  readonly inactive: () => void;
  readonly error: (thrown: unknown) => void;
}

export interface DriverOptions {
  /** For messages: `nats`, `memory`, … */
  readonly name: string;
  /** Can strangers publish and listen here? @defaultValue true */
  readonly isShared?: boolean | undefined;
  /** Largest message in bytes, or what says so when asked. @defaultValue 1_048_576 */
  readonly maxBytes?: number | (() => number) | undefined;
  /** Does the medium bring a publisher what it published itself, when it is subscribed to it? Otherwise the driver does. @defaultValue false */
  readonly hasEcho?: boolean | undefined;
  /** Does the medium subscribe again by itself when it is back? Otherwise the driver does. @defaultValue false */
  readonly keepsSubscriptions?: boolean | undefined;
  /** Milliseconds a caller waits for the medium, one that is out of reach included. @defaultValue 10_000 */
  readonly timeoutMs?: number | undefined;
}
