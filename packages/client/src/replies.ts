import type { WaitOptions } from "@peerloom/core";
import {
  isMetadata,
  isName,
  isRecord,
  parseIceServers,
  parseList,
  parseMember,
  parsePeerStatus,
  parseProvider,
  parseServiceSummary,
  isText,
  isUint,
  type ControlRequests,
  type ControlType,
  type IceServerList,
  type Member,
  type Metadata,
  type PeerStatus,
  type Provider,
  type ServiceSummary,
} from "@peerloom/protocol";
import type { Publishing, Subscribed } from "@peerloom/session";

/** One page of the relay's clients. */
export interface ClientList {
  readonly clients: readonly PeerStatus[];
  /** Hand it to the next call as `after`; missing when this was the last page. */
  readonly next?: string;
}

/** The value of each control request. */
export interface ControlReplies {
  watch: readonly PeerStatus[];
  unwatch: true;
  lookup: PeerStatus;
  list: ClientList;
  metadata: true;
  join: readonly Member[];
  leave: true;
  member: true;
  pair: { readonly metadata?: Metadata };
  provide: true;
  withdraw: true;
  providers: readonly Provider[];
  services: { readonly services: readonly ServiceSummary[]; readonly next?: string };
  publish: Publishing;
  unpublish: true;
  subscribe: Subscribed;
  unsubscribe: true;
  "ice-servers": IceServerList;
  paths: true;
  close: true;
}

/** Options of a request to the relay. */
export interface ControlOptions<T extends ControlType> extends WaitOptions {
  /** Called with the checked reply before anything else that came from the relay is looked at. */
  readonly onReply?: (value: ControlReplies[T]) => void;
}

type Body<T extends ControlType> = ControlRequests[T];

/** Checks the value of each reply; undefined when it is malformed. */
export const parseReplyValue: { readonly [T in ControlType]: (value: unknown, body: Body<T>) => ControlReplies[T] | undefined } = {
  watch: (value) => parseList(value, "states", parsePeerStatus),
  unwatch: parseNothing,
  lookup: (value, body) => {
    const status = parsePeerStatus(value);
    return status?.id === body.id ? status : undefined;
  },
  list: parseClients,
  metadata: parseNothing,
  join: (value) => parseList(value, "members", parseMember),
  leave: parseNothing,
  member: parseNothing,
  pair: parsePair,
  provide: parseNothing,
  withdraw: parseNothing,
  providers: (value) => parseList(value, "providers", parseProvider),
  services: parseServices,
  publish: parsePublishing,
  unpublish: parseNothing,
  subscribe: parseSubscribed,
  unsubscribe: parseNothing,
  "ice-servers": parseIceServers,
  paths: parseNothing,
  close: parseNothing,
};

const isKey = isText(256);

function parseNothing(value: unknown): true | undefined {
  return isRecord(value) ? true : undefined;
}

function parseClients(value: unknown): ClientList | undefined {
  const clients = parseList(value, "clients", parsePeerStatus);
  const next = isRecord(value) ? value["next"] : undefined;
  if (clients === undefined || (next !== undefined && !isName(next))) return undefined;
  return next === undefined ? { clients } : { clients, next };
}

function parseServices(value: unknown): ControlReplies["services"] | undefined {
  const services = parseList(value, "services", parseServiceSummary);
  const next = isRecord(value) ? value["next"] : undefined;
  if (services === undefined || (next !== undefined && !isName(next))) return undefined;
  return next === undefined ? { services } : { services, next };
}

function parsePublishing(value: unknown): Publishing | undefined {
  if (!isRecord(value)) return undefined;
  const { key, subscribers } = value;
  return isKey(key) && isUint(subscribers) ? { key, subscribers } : undefined;
}

function parseSubscribed(value: unknown): Subscribed | undefined {
  const publishers = parseList(value, "publishers", parseMember);
  const key = isRecord(value) ? value["key"] : undefined;
  return publishers !== undefined && isKey(key) ? { key, publishers } : undefined;
}

function parsePair(value: unknown): { readonly metadata?: Metadata } | undefined {
  if (!isRecord(value)) return undefined;
  const { metadata } = value;
  if (metadata === undefined) return {};
  return isMetadata(metadata) ? { metadata } : undefined;
}
