/** What a load sends: short texts, or bytes. */
export type Payload = string | Uint8Array;

/** One client's way to its peer, the same for each contestant. */
export interface Wire {
  /** Sends one message. False: it was taken, but the next should wait for `drained()`. */
  send(payload: Payload): boolean;
  /** Resolves when the next message may be sent: at once, if nothing is in its way. */
  drained(): Promise<void>;
  /** Sends a request; resolves with what the peer's handler returned. */
  request(payload: unknown): Promise<unknown>;
  /** The number of messages that may be on their way. A contestant with a flow control of its own ignores it. */
  setWindow(messages: number): void;
}

/** What a client does with what its peer sends. */
export interface Handlers {
  message(payload: unknown): void;
  request(payload: unknown): unknown;
}

/** Connects as `id`, to talk with `peer`. */
export type Connect = (url: string, id: string, peer: string, handlers: Handlers) => Promise<Wire>;

/** Connects a client that does nothing. The returned function tells whether it is still connected. */
export type ConnectIdle = (url: string, id: string) => Promise<() => boolean>;

/** One topic, at the client that publishes it. */
export interface Publisher {
  publish(payload: string): void;
}

/** Connects a client that publishes the topic. */
export type OpenPublisher = (url: string) => Promise<Publisher>;

/** Connects a client that subscribes to the topic; resolves when it gets what is published from then on. */
export type Subscribe = (url: string, id: string, onMessage: (payload: unknown) => void) => Promise<void>;

/** Connects a client that enters a room, and does both again whenever it has lost its relay. `isBack` tells whether it is in the room now. */
export type ConnectMember = (url: string, id: string, room: string) => Promise<{ readonly isBack: () => boolean }>;

/** Starts a relay on a loopback port, a free one unless told, and resolves with its URL. */
export type Listen = (port?: number) => Promise<string>;
