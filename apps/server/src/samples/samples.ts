import { randomInt } from "node:crypto";
import type { Load } from "../meter.ts";
import { provideClock } from "./clock.ts";
import { provideCounter } from "./counter.ts";
import { provideDice } from "./dice.ts";
import type { SampleHost, Tick } from "./host.ts";
import { provideLoad } from "./load.ts";

/**
 * Offers the sample services and topics; the relay ends them when it closes. Each topic publishes a number that can be drawn, and an
 * object that says more about it.
 *
 * @returns what is to be called each second.
 */
export function provideSamples(host: SampleHost, load: () => Load): Tick {
  provideDice(host, randomInt);
  provideCounter(host);
  const ticks = [provideClock(host, () => new Date()), provideLoad(host, load)];
  return () => {
    for (const tick of ticks) tick();
  };
}
