import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceContext } from "@peerloom/services";
import { split, wholeNumber } from "./argument.ts";
import type { SampleHost, Tick } from "./host.ts";

const maxTicks = 3600;

/** `clock`: `now()` tells the time, `ticks(count)` streams it each second; the topic `seconds` is the second of the minute, and the time. */
export function provideClock(host: SampleHost, now: () => Date): Tick {
  host.provide("clock", {
    now: () => now().toISOString(),
    ticks: (...args: unknown[]) => {
      const { given, context } = split<ServiceContext>(args);
      return ticks(wholeNumber("count", given[0], { least: 1, most: maxTicks, otherwise: 10 }), now, context.signal);
    },
  });
  const seconds = host.createTopic("clock", "seconds", { history: 60 });
  return () => {
    const time = now();
    seconds.publish(time.getUTCSeconds(), { time: time.toISOString() });
  };
}

/** The first at once; ends early when nobody reads any more. */
async function* ticks(count: number, now: () => Date, signal: AbortSignal): AsyncGenerator<string> {
  for (let left = count; left > 0; left -= 1) {
    yield now().toISOString();
    if (left > 1) await sleep(1000, undefined, { signal });
  }
}
