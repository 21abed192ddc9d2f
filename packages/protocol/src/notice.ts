import { isMetadata, type Metadata } from "./metadata.ts";
import { isInstance, isName } from "./names.ts";
import { isMember, parseMember, type Member } from "./reply.ts";
import { isOneOf, isRecord, isText, parseShape, type Shape } from "./shape.ts";

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
  member: { room: isName, change: isOneOf("join", "update", "leave"), member: isMember, reason },
  "room-refused": { room: isName, code: isText(64), message: isText(2048) },
};

const question: Shape<PairQuestion> = { type: isOneOf("pair"), from: isName, metadata };

/** Checks a notice; undefined when its type is unknown or a field is missing or wrong. */
export function parseNotice(value: unknown): Notice | undefined {
  const type = isRecord(value) && Object.hasOwn(value, "type") ? value["type"] : undefined;
  if (typeof type !== "string" || !Object.hasOwn(shapes, type)) return undefined;
  const fields = parseShape<object>(value, shapes[type as NoticeType] as Shape<object>);
  if (fields === undefined) return undefined;
  // Of a member, too, only the known fields are kept.
  return { type, ...fields, ...("member" in fields && { member: parseMember(fields.member) }) } as Notice;
}

/** Checks a question; undefined when it is malformed. */
export function parseQuestion(value: unknown): PairQuestion | undefined {
  return parseShape(value, question);
}
