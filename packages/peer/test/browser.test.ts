import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as scenarios from "./browser/scenarios.ts";
import { startLab, type Lab } from "./support/chromium.ts";

type Scenarios = typeof scenarios;

let lab: Lab;
let page: Page;
beforeAll(async () => {
  lab = await startLab();
  page = await lab.open();
}, 60_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

/** Runs a scenario in the page. */
function run<K extends keyof Scenarios>(name: K, ...args: Parameters<Scenarios[K]>): Promise<unknown> {
  return page.evaluate(
    ([scenario, values]) => (globalThis as unknown as { lab: Record<string, (...all: unknown[]) => unknown> }).lab[scenario]?.(...values),
    [name, args] as const,
  );
}

describe.each(["memory", "broadcast-channel"] as const)("peers in Chromium over the %s driver", { timeout: 30_000 }, (driver) => {
  test.each([2, 5])("%i of them connect, and each gets the camera and the channel of each other", async (count) => {
    expect(await run("connect", driver, count)).toEqual({
      delivered: count - 1,
      messages: Array.from({ length: count - 1 }, () => ({ hello: "all" })),
      sizes: Array.from({ length: count }, () => "640x480"),
      connections: Array.from({ length: count }, () => Array.from({ length: count - 1 }, () => "connected")),
      errors: [],
      left: Array.from({ length: count }, () => 0),
    });
    expect(lab.failures).toEqual([]);
  });

  test("streams and tracks are added, replaced, muted and removed without a word over the driver", async () => {
    expect(await run("media", driver)).toEqual({});
  });
});
