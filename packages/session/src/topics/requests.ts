import { isRecord, isUint, parseTopicRoom } from "@peerloom/protocol";

/** The request by which a new subscriber asks a publisher where to begin; its arguments are `[room, instance, key, replay, wantsSnapshot]`. */
export const START_REQUEST = "peerloom:start";

/** A request to a publisher: for a replay from number `count` on, or for a start `count` events back. */
export interface TopicRequest {
  readonly room: string;
  readonly instance: string;
  readonly count: number;
  readonly key: string;
  readonly wantsSnapshot: boolean;
}

/** Where a subscriber begins: with a snapshot, or with the event number `from`. */
export interface Start {
  readonly from: number;
  /** The publisher's next number. */
  readonly next: number;
  /** Empty, or with the snapshot in it. */
  readonly snapshot: readonly unknown[];
}

/** Checks the arguments of either request; undefined when they are malformed, or are not about a topic. */
export function parseTopicRequest([room, instance, count, key, wantsSnapshot]: readonly unknown[]): TopicRequest | undefined {
  if (typeof room !== "string" || parseTopicRoom(room) === undefined || typeof instance !== "string" || !isUint(count)) return undefined;
  return typeof key === "string" ? { room, instance, count, key, wantsSnapshot: wantsSnapshot === true } : undefined;
}

/** Checks the answer to a start request; undefined when it is malformed. */
export function parseStart(value: unknown): Start | undefined {
  if (!isRecord(value)) return undefined;
  const { from, next, snapshot } = value;
  if (!isUint(from) || !isUint(next) || from > next) return undefined;
  return Array.isArray(snapshot) && snapshot.length <= 1 ? { from, next, snapshot } : undefined;
}
