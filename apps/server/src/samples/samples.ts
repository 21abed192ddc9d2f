import { randomInt } from "node:crypto";
import { cpuUsage, memoryUsage } from "node:process";
import type { Relay } from "@peerloom/server";
import { provideClock } from "./clock.ts";
import { provideCounter } from "./counter.ts";
import { provideDice } from "./dice.ts";
import { provideLoad, type Usage } from "./load.ts";

const tickMs = 1000;

/**
 * Offers the sample services and topics. Each topic publishes a number that can be drawn, and an object that says more about it.
 *
 * @returns what stops their clock; the relay ends the rest when it closes.
 */
export function provideSamples(relay: Relay): () => void {
  provideDice(relay, randomInt);
  provideCounter(relay);
  const ticks = [provideClock(relay, () => new Date()), provideLoad(relay, usage, () => relay.stats())];
  const timer = setInterval(() => {
    for (const tick of ticks) tick();
  }, tickMs).unref();
  return () => clearInterval(timer);
}

function usage(): Usage {
  const { user, system } = cpuUsage();
  return { cpuMs: (user + system) / 1000, memoryBytes: memoryUsage.rss(), nowMs: performance.now() };
}
