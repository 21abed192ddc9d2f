import type { Order, Result } from "../load/sender.ts";
import { heapForBuffers } from "../processes/heap.ts";

/** A figure of a pair of clients that talk. */
export interface LoadFigure {
  /** Without `relay.` before it. */
  readonly name: string;
  readonly unit: string;
  readonly kind: Order["kind"];
  readonly shape: Order["shape"];
  /**
   * A contestant's turn in a round comes in slices, so that all meet the same moods of the machine: other programs, sleeping
   * cores. Each slice is so long; the turn's value is their mean.
   */
  readonly slices: number;
  readonly sliceMs: number;
  /** Messages under way, for the contestants that count them by hand. Each is tried in each round, the best stands in the table. */
  readonly windows: readonly number[];
  readonly isLowBetter: boolean;
  /** Node's options of the processes. */
  readonly heap?: readonly string[];
  readonly read: (result: Result) => number;
}

const throughput = { unit: "msg/s", slices: 3, sliceMs: 250, isLowBetter: false, read: (result: Result) => result.messagesPerS };
const bulk = {
  unit: "MB/s",
  kind: "stream",
  slices: 3,
  sliceMs: 200,
  isLowBetter: false,
  heap: heapForBuffers,
  read: (result: Result) => result.bytesPerS / 1e6,
} as const;
const latency = {
  unit: "ms",
  slices: 20,
  sliceMs: 50,
  windows: [1000],
  isLowBetter: true,
  read: (result: Result) => result.roundTripMs,
};
const small = { form: "text", sizeBytes: 100 } as const;
const tiny = { form: "text", sizeBytes: 50 } as const;

export const loadFigures: readonly LoadFigure[] = [
  { name: "rtt-50B", kind: "request", shape: tiny, ...latency },
  { name: "rtt-50B-emit", kind: "echo", shape: tiny, ...latency },
  { name: "burst-100B", kind: "stream", shape: small, windows: [1000, 4000, 8000], ...throughput },
  { name: "burst-100B-awaited", kind: "awaited", shape: small, windows: [1000, 4000, 8000], ...throughput },
  // 1 and 4 MiB under way.
  { name: "bulk-16KiB", shape: { form: "bytes", sizeBytes: 16_384 }, windows: [64, 256], ...bulk },
  { name: "bulk-64KiB", shape: { form: "bytes", sizeBytes: 65_536 }, windows: [16, 64], ...bulk },
];

/** Figures of clients that are connected and do nothing: bytes each costs its relay. */
export interface IdleFigure {
  /** Without `relay.` before it. */
  readonly name: string;
  readonly clients: number;
}

export const idleFigures: readonly IdleFigure[] = [
  { name: "memory-idle-client", clients: 1000 },
  { name: "memory-idle-client-5000", clients: 5000 },
];

export const contestants = ["ours", "hand", "ws", "plugin", "bare"] as const;
export type RelayContestant = (typeof contestants)[number];

/** Against whom, under which suffix of the figure's name. The first of the idle ones is socket.io with nothing on it. */
export const loadBaselines: readonly (readonly [RelayContestant, string])[] = [
  ["hand", ""],
  ["ws", "-vs-ws"],
  ["plugin", "-vs-plugin"],
];
export const idleBaselines: readonly (readonly [RelayContestant, string])[] = [
  ["bare", ""],
  ["ws", "-vs-ws"],
  ["plugin", "-vs-plugin"],
];
