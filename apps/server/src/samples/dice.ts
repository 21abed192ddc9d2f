import type { ServiceContext } from "@peerloom/services";
import { split, wholeNumber } from "./argument.ts";
import type { SampleHost } from "./host.ts";

/** `dice`: `roll(sides = 6, count = 1)` gives `{ rolls, sum }`; the topic `rolls` is the sum of each roll, and who rolled what. */
export function provideDice(host: SampleHost, random: (below: number) => number): void {
  host.provide("dice", {
    roll: (...args: unknown[]) => {
      const { given, context } = split<ServiceContext>(args);
      const sides = wholeNumber("sides", given[0], { least: 2, most: 1000, otherwise: 6 });
      const count = wholeNumber("count", given[1], { least: 1, most: 100, otherwise: 1 });
      const rolled = Array.from({ length: count }, () => random(sides) + 1);
      const sum = rolled.reduce((total, roll) => total + roll, 0);
      rolls.publish(sum, { from: context.from, sides, rolls: rolled });
      return { rolls: rolled, sum };
    },
  });
  const rolls = host.createTopic("dice", "rolls", { history: 60 });
}
