import { isListOf, isRecord, isUint } from "@peerloom/protocol";
import { isEventName, type RoomEvent } from "./room-packet.ts";

/** The request by which a member asks a publisher for what it missed; its arguments are `[room, instance, from]`. */
export const REPLAY_REQUEST = "peerloom:replay";

/** One turn of a replay. `from` is higher than what was asked when the history no longer goes back that far. */
export interface Replay {
  readonly from: number;
  /** The publisher's next number at that time. */
  readonly next: number;
  readonly events: readonly RoomEvent[];
}

/** `Replay` as it travels: each event is `[name, ...args]`. */
export interface WireReplay {
  readonly from: number;
  readonly next: number;
  readonly events: readonly (readonly [string, ...unknown[]])[];
}

const maxEvents = 65_536;

/** `replay`, ready to be a response. */
export function toWireReplay({ from, next, events }: Replay): WireReplay {
  return { from, next, events: events.map(({ name, args }) => [name, ...args] as const) };
}

/** Checks the answer to a request from number `asked` on. @returns undefined when it is malformed. */
export function parseReplay(value: unknown, asked: number): Replay | undefined {
  if (!isRecord(value)) return undefined;
  const { from, next, events } = value;
  if (!isUint(from) || !isUint(next) || from < asked || !isListOf(isWireEvent, maxEvents)(events)) return undefined;
  if (!isUint(from + events.length)) return undefined;
  return { from, next, events: events.map(([name, ...args]) => ({ name, args })) };
}

/** Checks the arguments of a replay request. @returns undefined when they are malformed. */
export function parseReplayRequest(
  args: readonly unknown[],
): { readonly room: string; readonly instance: string; readonly from: number } | undefined {
  const [room, instance, from] = args;
  return typeof room === "string" && typeof instance === "string" && isUint(from) ? { room, instance, from } : undefined;
}

function isWireEvent(value: unknown): value is [string, ...unknown[]] {
  return Array.isArray(value) && isEventName(value[0]);
}
