import type { ServiceContext } from "@peerloom/services";
import { split, wholeNumber } from "./argument.ts";
import type { SampleHost } from "./host.ts";

/** `counter`: everybody may `raise(by = 1)` it, and ask its `value()`; the topic `value` is each new value, and who made it. */
export function provideCounter(host: SampleHost): void {
  let value = 0;
  host.provide("counter", {
    value: () => value,
    raise: (...args: unknown[]) => {
      const { given, context } = split<ServiceContext>(args);
      value += wholeNumber("by", given[0], { least: 1, most: 1000, otherwise: 1 });
      values.publish(value, { from: context.from });
      return value;
    },
  });
  const values = host.createTopic("counter", "value", { history: 100, snapshot: () => value });
}
