import { isName, isRecord, isText, isUint, parseShape, type Guard, type Shape } from "@peerloom/protocol";

/** An offer or an answer as it stands in `RTCPeerConnection.localDescription`. */
export interface Description<T extends string = "offer" | "answer"> {
  readonly type: T;
  readonly sdp: string;
}

/** What front ends send with `offer` and `answer`, and what the other one gets: `caller` is the sender, as the relay knows it. */
export interface Signal {
  readonly target: string;
  readonly caller: string;
  readonly sdp: Description;
}

/** What `RTCIceCandidate.toJSON()` gives. */
export interface Candidate {
  readonly candidate: string;
  readonly sdpMid?: string | null | undefined;
  readonly sdpMLineIndex?: number | null | undefined;
  readonly usernameFragment?: string | null | undefined;
}

interface Targeted {
  readonly target: string;
}

const orNull =
  <T>(guard: Guard<T>): Guard<T | null> =>
  (value): value is T | null =>
    value === null || guard(value);
const targeted: Shape<Targeted> = { target: isName };
const candidate: Shape<Candidate> = {
  candidate: isText(1024),
  sdpMid: { optional: orNull(isText(256)) },
  sdpMLineIndex: { optional: orNull((value): value is number => isUint(value) && value < 65_536) },
  usernameFragment: { optional: orNull(isText(256)) },
};

/** `{ target, sdp: { type, sdp } }`; what else stands in it is left out. @returns undefined when it is malformed. */
export function parseDescription(
  value: unknown,
  type: Description["type"],
  sdpLength: number,
): { readonly target: string; readonly sdp: Description } | undefined {
  const shape: Shape<Description> = { type: (field): field is Description["type"] => field === type, sdp: isText(sdpLength) };
  const sdp = isRecord(value) ? parseShape(value["sdp"], shape) : undefined;
  const head = parseShape(value, targeted);
  return head === undefined || sdp === undefined ? undefined : { ...head, sdp };
}

/**
 * `{ target, candidate }`. A candidate that is null says that there are no more: front ends that do not know that would choke on
 * it, so nothing is sent on for it.
 *
 * @returns undefined when it is malformed.
 */
export function parseCandidate(value: unknown): { readonly target: string; readonly candidate: Candidate | null } | undefined {
  const head = parseShape(value, targeted);
  if (head === undefined || !isRecord(value)) return undefined;
  if (value["candidate"] === null) return { ...head, candidate: null };
  const parsed = parseShape(value["candidate"], candidate);
  return parsed === undefined ? undefined : { ...head, candidate: parsed };
}
