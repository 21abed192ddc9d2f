import { WIRE } from "./limits.ts";
import { isMetadata, type Metadata } from "./metadata.ts";
import { isName, isRoomName } from "./names.ts";
import { isListOf, isRecord, isText, isUint, parseShape, type Guard, type Shape } from "./shape.ts";
import type { TopicName } from "./topic-room.ts";

/** Requests of a client to its relay, by `type`: docs/protocol.md section 2.3. */
export interface ControlRequests {
  watch: { readonly ids: readonly string[] };
  unwatch: { readonly ids: readonly string[] };
  lookup: { readonly id: string };
  list: { readonly after?: string | undefined; readonly limit?: number | undefined };
  metadata: { readonly metadata: Metadata };
  join: { readonly room: string; readonly head: number; readonly metadata?: Metadata | undefined };
  leave: { readonly room: string };
  member: { readonly room: string; readonly metadata: Metadata };
  pair: { readonly to: string; readonly metadata?: Metadata | undefined };
  provide: {
    readonly service: string;
    readonly version?: string | undefined;
    readonly metadata?: Metadata | undefined;
    readonly idempotent?: readonly string[] | undefined;
  };
  withdraw: { readonly service: string };
  providers: { readonly service: string; readonly watch?: boolean | undefined };
  services: { readonly after?: string | undefined; readonly limit?: number | undefined; readonly watch?: boolean | undefined };
  publish: TopicName & { readonly head: number; readonly metadata?: Metadata | undefined };
  unpublish: TopicName;
  subscribe: TopicName;
  unsubscribe: TopicName;
  "ice-servers": Record<never, never>;
  paths: { readonly direct: number; readonly relayed: number };
  close: Record<never, never>;
}

export type ControlType = keyof ControlRequests;
export type ControlRequest = { [T in ControlType]: { readonly type: T } & ControlRequests[T] }[ControlType];

const anyMetadata = (value: unknown): value is Metadata => isMetadata(value);
const flag: Guard<boolean> = (value): value is boolean => typeof value === "boolean";
const topic: Shape<TopicName> = { service: isName, topic: isName };
const ids = isListOf(isName, WIRE.maxWatchIds);

const shapes: { readonly [T in ControlType]: Shape<ControlRequests[T]> } = {
  watch: { ids },
  unwatch: { ids },
  lookup: { id: isName },
  list: { after: { optional: isName }, limit: { optional: isUint } },
  metadata: { metadata: anyMetadata },
  join: { room: isRoomName, head: isUint, metadata: { optional: anyMetadata } },
  leave: { room: isRoomName },
  member: { room: isRoomName, metadata: anyMetadata },
  pair: { to: isName, metadata: { optional: anyMetadata } },
  provide: {
    service: isName,
    version: { optional: isText(WIRE.maxVersionLength) },
    metadata: { optional: anyMetadata },
    idempotent: { optional: isListOf(isName, WIRE.maxIdempotent) },
  },
  withdraw: { service: isName },
  providers: { service: isName, watch: { optional: flag } },
  services: { after: { optional: isName }, limit: { optional: isUint }, watch: { optional: flag } },
  publish: { ...topic, head: isUint, metadata: { optional: anyMetadata } },
  unpublish: topic,
  subscribe: topic,
  unsubscribe: topic,
  "ice-servers": {},
  paths: { direct: isUint, relayed: isUint },
  close: {},
};

/** Checks a control request; undefined when its type is unknown or a field is missing or wrong. */
export function parseControl(value: unknown): ControlRequest | undefined {
  const type = isRecord(value) && Object.hasOwn(value, "type") ? value["type"] : undefined;
  if (typeof type !== "string" || !Object.hasOwn(shapes, type)) return undefined;
  const fields = parseShape<object>(value, shapes[type as ControlType] as Shape<object>);
  return fields === undefined ? undefined : ({ type, ...fields } as ControlRequest);
}
