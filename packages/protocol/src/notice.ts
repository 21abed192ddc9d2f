import { isMetadata, type Metadata } from "./metadata.ts";
import { isInstance, isName } from "./names.ts";
import { isMember, isProvider, parseMember, parseProvider, type Member, type Provider, type ServiceSummary } from "./reply.ts";
import { isOneOf, isRecord, isText, isUint, parseShape, type Shape } from "./shape.ts";
import { isRoom, type TopicName } from "./topic-room.ts";

/** What a relay tells a client unasked, by `type`: docs/protocol.md section 2.4. */
export interface Notices {
  presence: {
    readonly id: string;
    readonly state: "here" | "away" | "gone";
    readonly instance?: string | undefined;
    readonly metadata?: Metadata | undefined;
    readonly reason?: string | undefined;
  };
  member: {
    readonly room: string;
    readonly change: "join" | "update" | "leave";
    readonly member: Member;
    readonly reason?: string | undefined;
  };
  "room-refused": { readonly room: string; readonly code: string; readonly message: string };
  provider: { readonly service: string; readonly change: "join" | "update" | "leave"; readonly provider: Provider };
  service: ServiceSummary;
  subscribers: TopicName & { readonly count: number };
}

export type NoticeType = keyof Notices;
export type Notice = { [T in NoticeType]: { readonly type: T } & Notices[T] }[NoticeType];

/** A question of the relay to a client's program. */
export interface PairQuestion {
  readonly type: "pair";
  readonly from: string;
  readonly metadata?: Metadata | undefined;
}

const metadata = { optional: (value: unknown): value is Metadata => isMetadata(value) };
const reason = { optional: isText(64) };

const shapes: { readonly [T in NoticeType]: Shape<Notices[T]> } = {
  presence: { id: isName, state: isOneOf("here", "away", "gone"), instance: { optional: isInstance }, metadata, reason },
  member: { room: isRoom, change: isOneOf("join", "update", "leave"), member: isMember, reason },
  "room-refused": { room: isRoom, code: isText(64), message: isText(2048) },
  provider: { service: isName, change: isOneOf("join", "update", "leave"), provider: isProvider },
  service: { service: isName, providers: isUint },
  subscribers: { service: isName, topic: isName, count: isUint },
};

const question: Shape<PairQuestion> = { type: isOneOf("pair"), from: isName, metadata };

/** Checks a notice; undefined when its type is unknown or a field is missing or wrong. */
export function parseNotice(value: unknown): Notice | undefined {
  const type = isRecord(value) && Object.hasOwn(value, "type") ? value["type"] : undefined;
  if (typeof type !== "string" || !Object.hasOwn(shapes, type)) return undefined;
  const fields = parseShape<object>(value, shapes[type as NoticeType] as Shape<object>);
  if (fields === undefined) return undefined;
  // Of a member and a provider, too, only the known fields are kept.
  const member = "member" in fields && { member: parseMember(fields.member) };
  const provider = "provider" in fields && { provider: parseProvider(fields.provider) };
  return { type, ...fields, ...member, ...provider } as Notice;
}

/** Checks a question; undefined when it is malformed. */
export function parseQuestion(value: unknown): PairQuestion | undefined {
  return parseShape(value, question);
}
