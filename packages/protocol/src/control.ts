import { WIRE } from "./limits.ts";
import { isMetadata, type Metadata } from "./metadata.ts";
import { isName } from "./names.ts";
import { isListOf, isRecord, isUint, parseShape, type Shape } from "./shape.ts";

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
  close: Record<never, never>;
}

export type ControlType = keyof ControlRequests;
export type ControlRequest = { [T in ControlType]: { readonly type: T } & ControlRequests[T] }[ControlType];

const anyMetadata = (value: unknown): value is Metadata => isMetadata(value);
const ids = isListOf(isName, WIRE.maxWatchIds);

const shapes: { readonly [T in ControlType]: Shape<ControlRequests[T]> } = {
  watch: { ids },
  unwatch: { ids },
  lookup: { id: isName },
  list: { after: { optional: isName }, limit: { optional: isUint } },
  metadata: { metadata: anyMetadata },
  join: { room: isName, head: isUint, metadata: { optional: anyMetadata } },
  leave: { room: isName },
  member: { room: isName, metadata: anyMetadata },
  pair: { to: isName, metadata: { optional: anyMetadata } },
  close: {},
};

/** Checks a control request; undefined when its type is unknown or a field is missing or wrong. */
export function parseControl(value: unknown): ControlRequest | undefined {
  const type = isRecord(value) && Object.hasOwn(value, "type") ? value["type"] : undefined;
  if (typeof type !== "string" || !Object.hasOwn(shapes, type)) return undefined;
  const fields = parseShape<object>(value, shapes[type as ControlType] as Shape<object>);
  return fields === undefined ? undefined : ({ type, ...fields } as ControlRequest);
}
