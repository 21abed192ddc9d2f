import type { RelayStats } from "@peerloom/server";
import type { SampleHost, Tick } from "./host.ts";

/** What the server does, measured over the last second. */
export interface Load {
  /** Of one core, in percent. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly clients: number;
  /** Packets forwarded a second, room packets included. */
  readonly packets: number;
  /** Bytes forwarded a second. */
  readonly bytes: number;
}

/** What this process has used until now. */
export interface Usage {
  readonly cpuMs: number;
  readonly memoryBytes: number;
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: number;
}

/** `load`: `now()` tells what the server does; the topic `load` is the processor's part in percent, and all of it, each second. */
export function provideLoad(host: SampleHost, usage: () => Usage, stats: () => RelayStats): Tick {
  let before = { usage: usage(), stats: stats() };
  let load = loadBetween(before, before);
  host.provide("load", { now: () => load });
  const topic = host.createTopic("load", "load", { history: 120, snapshot: () => load });
  return () => {
    const now = { usage: usage(), stats: stats() };
    load = loadBetween(before, now);
    before = now;
    topic.publish(load.cpu, load);
  };
}

interface Measured {
  readonly usage: Usage;
  readonly stats: RelayStats;
}

/** The load between two moments. */
export function loadBetween(before: Measured, now: Measured): Load {
  const ms = Math.max(1, now.usage.nowMs - before.usage.nowMs);
  const aSecond = (count: (stats: RelayStats) => number): number => Math.round(((count(now.stats) - count(before.stats)) * 1000) / ms);
  return {
    cpu: Math.round(((now.usage.cpuMs - before.usage.cpuMs) * 1000) / ms) / 10,
    memoryMiB: Math.round(now.usage.memoryBytes / 1_048_576),
    clients: now.stats.clients.here,
    packets: aSecond(({ packets, roomPackets }) => packets + roomPackets),
    bytes: aSecond(({ bytes, roomBytes }) => bytes + roomBytes),
  };
}
