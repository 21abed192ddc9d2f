import {
  isInstance,
  isListOf,
  isMetadata,
  isName,
  isOneOf,
  isRecord,
  isRoom,
  isText,
  isUint,
  parseShape,
  WIRE,
  type Guard,
  type Metadata,
  type Shape,
} from "@peerloom/protocol";
import type { GoneReason } from "../registry.ts";

/** A client's place in a room, as other nodes know it. */
export interface RoomPlace {
  readonly room: string;
  readonly head: number;
  readonly metadata?: Metadata | undefined;
}

/** A client's offer of a service. */
export interface Offer {
  readonly service: string;
  readonly version?: string | undefined;
  readonly metadata?: Metadata | undefined;
  readonly idempotent?: readonly string[] | undefined;
}

/** What a client publishes. */
export interface PublishedTopic {
  readonly service: string;
  readonly topic: string;
  readonly head: number;
  readonly metadata?: Metadata | undefined;
}

/** All that other nodes know of a client. */
export interface ClientState {
  readonly tenant?: string | undefined;
  readonly id: string;
  readonly instance: string;
  readonly fence: number;
  readonly state: "here" | "away";
  readonly metadata?: Metadata | undefined;
  readonly rooms?: readonly RoomPlace[] | undefined;
  readonly offers?: readonly Offer[] | undefined;
  readonly topics?: readonly PublishedTopic[] | undefined;
}

/** How many on a node subscribe to a topic. */
export interface TopicCount {
  readonly tenant?: string | undefined;
  readonly service: string;
  readonly topic: string;
  readonly count: number;
}

interface OfClient {
  readonly tenant?: string | undefined;
  readonly id: string;
}

/** How far a client has come in a room: the number of its next frame. */
export type Head = readonly [id: string, head: number];

/** What nodes tell each other, by `type`; packets have a shorter form (packets.ts). The first are told to all, those from `snapshot-wanted` on to one. */
export interface NodeMessages {
  client: { readonly client: ClientState };
  state: OfClient & { readonly state: "here" | "away"; readonly metadata?: Metadata | undefined };
  gone: OfClient & { readonly reason: GoneReason };
  member: OfClient & { readonly place: RoomPlace };
  left: OfClient & { readonly room: string };
  offer: OfClient & { readonly offer: Offer };
  withdrawn: OfClient & { readonly service: string };
  published: OfClient & { readonly topic: PublishedTopic };
  unpublished: OfClient & { readonly service: string; readonly topic: string };
  subscribers: TopicCount;
  /** How far who publishes to a room, or a topic, from this node has come: some packets were left out. */
  heads: { readonly tenant?: string | undefined; readonly room: string; readonly heads: readonly Head[] };
  /** Whether anybody listens in this socket.io room of signaling. */
  listening: { readonly key: string; readonly isOn: boolean };
  /** The node has taken its place. */
  hello: Record<never, never>;
  /** The node closes: its clients will come back elsewhere. */
  leaving: Record<never, never>;
  "snapshot-wanted": Record<never, never>;
  /** All that the node holds, as it was after broadcast `sent`; in several parts. */
  snapshot: {
    readonly sent: number;
    readonly isFirst: boolean;
    readonly isLast: boolean;
    readonly clients: readonly ClientState[];
    readonly topics: readonly TopicCount[];
    readonly keys: readonly string[];
  };
  ask: { readonly call: number; readonly question: string; readonly body?: unknown };
  answer: { readonly call: number; readonly reply?: unknown };
}

export type NodeMessage = { [T in keyof NodeMessages]: { readonly type: T } & NodeMessages[T] }[keyof NodeMessages];

/** What is told of a client of the teller's. */
export type ClientMessage = Extract<NodeMessage, { readonly id: string }>;

/** A hundred thousand things in one is more than any sender puts there. */
const many = 100_000;

const anyMetadata = (value: unknown): value is Metadata => isMetadata(value);
const flag = (value: unknown): value is boolean => typeof value === "boolean";
/** What whoever asked, or is asked, checks. */
const later = { optional: (value: unknown): value is NonNullable<unknown> => value !== undefined };
const shaped =
  <T>(shape: Shape<T>) =>
  (value: unknown): value is T =>
    parseShape(value, shape) !== undefined;

const isState = isOneOf("here", "away");
const tenant = { optional: isName };
const metadata = { optional: anyMetadata };
const ofClient: Shape<OfClient> = { tenant, id: isName };
const place: Shape<RoomPlace> = { room: isRoom, head: isUint, metadata };
const offer: Shape<Offer> = {
  service: isName,
  version: { optional: isText(WIRE.maxVersionLength) },
  metadata,
  idempotent: { optional: isListOf(isName, WIRE.maxIdempotent) },
};
const published: Shape<PublishedTopic> = { service: isName, topic: isName, head: isUint, metadata };
const client: Shape<ClientState> = {
  tenant,
  id: isName,
  instance: isInstance,
  fence: isUint,
  state: isState,
  metadata,
  rooms: { optional: isListOf(shaped(place), many) },
  offers: { optional: isListOf(shaped(offer), many) },
  topics: { optional: isListOf(shaped(published), many) },
};
const count: Shape<TopicCount> = { tenant, service: isName, topic: isName, count: isUint };
const isKey = isText(2048);
const isHead = (value: unknown): value is Head => Array.isArray(value) && value.length === 2 && isName(value[0]) && isUint(value[1]);
/** Checks heads that came from another node. */
export const areHeads: Guard<readonly Head[]> = isListOf(isHead, many);

const shapes: { readonly [T in keyof NodeMessages]: Shape<NodeMessages[T]> } = {
  client: { client: shaped(client) },
  state: { ...ofClient, state: isState, metadata },
  gone: { ...ofClient, reason: isOneOf("closed", "timeout", "replaced") },
  member: { ...ofClient, place: shaped(place) },
  left: { ...ofClient, room: isRoom },
  offer: { ...ofClient, offer: shaped(offer) },
  withdrawn: { ...ofClient, service: isName },
  published: { ...ofClient, topic: shaped(published) },
  unpublished: { ...ofClient, service: isName, topic: isName },
  subscribers: count,
  heads: { tenant, room: isRoom, heads: areHeads },
  listening: { key: isKey, isOn: flag },
  hello: {},
  leaving: {},
  "snapshot-wanted": {},
  snapshot: {
    sent: isUint,
    isFirst: flag,
    isLast: flag,
    clients: isListOf(shaped(client), many),
    topics: isListOf(shaped(count), many),
    keys: isListOf(isKey, many),
  },
  ask: { call: isUint, question: isText(64), body: later },
  answer: { call: isUint, reply: later },
};

/** Checks a message of another node; undefined when it is none, or one of a version that this one does not know. */
export function parseNodeMessage(value: unknown): NodeMessage | undefined {
  const type = isRecord(value) ? value["type"] : undefined;
  if (typeof type !== "string" || !Object.hasOwn(shapes, type)) return undefined;
  const fields = parseShape<object>(value, shapes[type as NodeMessage["type"]]);
  return fields && ({ ...fields, type } as NodeMessage);
}
