import type { Driver } from "../driver.ts";
import { untilActive, within } from "./check.ts";
import { deliveryCases } from "./delivery.ts";
import { failureCases, hostileCases } from "./failures.ts";
import { lifetimeCases } from "./lifetime.ts";
import { namespaceCases } from "./namespaces.ts";
import { reconnectCases } from "./reconnect.ts";
import type { DriverSuite, DriverWorld, Scene } from "./world.ts";

/** One promise that a driver has to keep. */
export interface DriverCase {
  readonly name: string;
  /** Rejects with an error that says what is wrong. */
  readonly run: () => Promise<void>;
}

/** Everything a driver has to do, as cases for any test runner. */
export function driverCases<World extends DriverWorld>(suite: DriverSuite<World>): readonly DriverCase[] {
  const { name, cut, restore, disturb } = suite;
  const cases = [
    ...deliveryCases,
    ...namespaceCases,
    ...lifetimeCases,
    ...failureCases,
    ...(cut !== undefined && restore !== undefined ? reconnectCases : []),
    ...(disturb === undefined ? [] : hostileCases),
  ];
  return cases.map(([title, run]) => ({ name: `${name}: ${title}`, run: () => play(suite, run) }));
}

/** Hands the cases to a test runner's `test`: that of vitest, node:test, mocha (`it`), jest or Deno. */
export function driverSuite<World extends DriverWorld>(
  suite: DriverSuite<World> & { readonly test: (name: string, run: () => Promise<void>) => unknown },
): void {
  for (const { name, run } of driverCases(suite)) suite.test(name, run);
}

async function play<World extends DriverWorld>(suite: DriverSuite<World>, run: (scene: Scene) => Promise<void>): Promise<void> {
  const world = await suite.open();
  const drivers: Driver[] = [];
  const scene: Scene = {
    create: async () => {
      const driver = await world.create();
      drivers.push(driver);
      // Some cases cause errors on purpose; without a listener they would go to the console.
      driver.on("error", () => {});
      await untilActive(driver);
      return driver;
    },
    cut: async () => suite.cut?.(world),
    restore: async () => suite.restore?.(world),
    disturb: async (address) => suite.disturb?.(world, address),
  };
  try {
    await run(scene);
    await within(Promise.all(drivers.map((driver) => driver.close())), "closing the drivers");
  } finally {
    await Promise.all(drivers.map((driver) => driver.close()));
    await world.close();
  }
}
