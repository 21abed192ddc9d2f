import type { Metadata } from "@peerloom/protocol";

/** What a client says of itself when it connects; checked for form, not for truth. */
export interface ConnectionRequest {
  /** The id it asks for; without one the relay assigns an id. */
  readonly clientId: string | undefined;
  /** Random id of the client object; the same on every reconnect. */
  readonly instance: string;
  readonly token: string | undefined;
  readonly metadata: Metadata | undefined;
  /** Remote address of the socket, as the relay sees it. */
  readonly address: string;
  /** Headers of the HTTP request that opened the socket. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What the relay is to believe of a client. */
export interface Identity {
  /** The client's id, whatever it asked for. @defaultValue the id it asked for, or a random one */
  readonly clientId?: string | undefined;
  /** Anything `authorize` needs to know of this client; it never leaves the relay. */
  readonly claims?: unknown;
  /**
   * The name space it belongs to: clients of different tenants never see or reach each other, whatever their ids, rooms, services and topics
   * are called. A name like a client's id. @defaultValue the relay's own, which is no tenant's
   */
  readonly tenant?: string | undefined;
  /** Replaces the metadata the client gave. */
  readonly metadata?: Metadata | undefined;
}

/**
 * Decides who a connecting client is. Return `{}` to take it at its word; return `false` or throw to refuse it with
 * `UNAUTHORIZED`. Of what is thrown only a `PeerloomError` is shown to the client. Called on reconnects too.
 */
export type Authenticate = (request: ConnectionRequest) => Identity | false | Promise<Identity | false>;

interface ActionOf<Type extends string> {
  readonly type: Type;
  /** Id of the acting client. */
  readonly from: string;
  /** What `authenticate` said of it. */
  readonly claims: unknown;
  /** Whose name space it is in; the other ids and names of the action are of that one too. */
  readonly tenant?: string | undefined;
}

/** A packet to another client. */
export interface PacketAction extends ActionOf<"packet"> {
  readonly to: string;
}
/** A packet to a room. */
export interface RoomPacketAction extends ActionOf<"room-packet"> {
  readonly room: string;
}
/** Entering a room. */
export interface JoinAction extends ActionOf<"join"> {
  readonly room: string;
}
/** Asking another client to pair. */
export interface PairAction extends ActionOf<"pair"> {
  readonly to: string;
}
/** Listing the clients of the relay; only asked when `allowList` is on. */
export type ListAction = ActionOf<"list">;
/** Offering a service. Whoever may provide it may publish its topics. */
export interface ProvideAction extends ActionOf<"provide"> {
  readonly service: string;
}
/** Looking for the providers of a service, in order to call it. The calls themselves are packets to a provider. */
export interface ServiceAction extends ActionOf<"service"> {
  readonly service: string;
}
/** Listing the services that there are. */
export type ServicesAction = ActionOf<"services">;
/** Getting credentials for the TURN servers, which cost traffic there. */
export type IceServersAction = ActionOf<"ice-servers">;
/** Subscribing to a topic. */
export interface SubscribeAction extends ActionOf<"subscribe"> {
  readonly service: string;
  readonly topic: string;
}

/** Listening to a signaling address: the escaped name of a room, or of a room and a peer, joined by `.`. */
export interface SignalSubscribeAction extends ActionOf<"signal-subscribe"> {
  readonly address: string;
}
/** A signaling message to an address. */
export interface SignalAction extends ActionOf<"signal"> {
  readonly address: string;
}

/** What a client wants to do. */
export type Action =
  | PacketAction
  | RoomPacketAction
  | JoinAction
  | PairAction
  | ListAction
  | ProvideAction
  | ServiceAction
  | ServicesAction
  | SubscribeAction
  | IceServersAction
  | SignalSubscribeAction
  | SignalAction;

/**
 * Allows or refuses an action; anything but `true`, and throwing, refuses it with `FORBIDDEN`. For `packet`, `room-packet` and
 * `signal` it must answer at once: it runs for each packet, and a promise counts as a refusal. For the others it may return a promise.
 */
export type Authorize = (action: Action) => boolean | Promise<boolean>;
