import type { Load } from "../meter.ts";
import type { SampleHost, Tick } from "./host.ts";

/** `load`: `now()` tells what the server does; the topic `load` is the processor's part in percent, and all of it, each second. */
export function provideLoad(host: SampleHost, load: () => Load): Tick {
  host.provide("load", { now: load });
  const topic = host.createTopic("load", "load", { history: 120, snapshot: load });
  return () => {
    const now = load();
    topic.publish(now.cpu, now);
  };
}
