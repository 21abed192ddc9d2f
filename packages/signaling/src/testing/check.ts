import { deadline, deferred, PeerloomError, type ErrorCode } from "@peerloom/core";
import type { Driver, DriverEvents } from "../driver.ts";

/** How long the suite waits for something that must happen: less than the runners do for a whole test, so that the reason is told. */
const waitMs = 4000;

/** @throws Error with what is wrong. */
export function check(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new Error(what);
}

/** @throws Error naming both when they differ as JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  check(a === e, `${what}: expected ${e}, got ${a}`);
}

/** Waits for a promise, but not for ever. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = deferred<never>();
  const stop = deadline({ timeoutMs: waitMs }, what, reject);
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop();
  }
}

/** Waits for a rejection. @returns the error. @throws Error when there is none, or it has another code. */
export async function fails(promise: Promise<unknown>, code: ErrorCode, what: string): Promise<void> {
  const thrown = await within(
    promise.then(
      () => undefined,
      (error: unknown) => error,
    ),
    what,
  );
  check(PeerloomError.is(thrown, code), `${what}: expected ${code}, got ${String(thrown)}`);
}

/** Waits for a rejection with a TypeError; a call that throws instead of rejecting fails. */
export async function failsWithTypeError(call: () => Promise<unknown>, what: string): Promise<void> {
  let promise: Promise<unknown>;
  try {
    promise = call();
  } catch {
    throw new Error(`${what} throws; it must reject`);
  }
  const thrown = await within(
    promise.then(
      () => undefined,
      (error: unknown) => error,
    ),
    what,
  );
  check(thrown instanceof TypeError, `${what}: expected a TypeError, got ${String(thrown)}`);
}

/** The next event of a driver. */
export function nextEvent<K extends keyof DriverEvents>(driver: Driver, name: K): Promise<DriverEvents[K]> {
  const { promise, resolve } = deferred<DriverEvents[K]>();
  const off = driver.on(name, (event) => {
    off();
    resolve(event);
  });
  return within(promise, `${driver.name}: the event ${name}`);
}

/** Waits until a driver is active. */
export async function untilActive(driver: Driver): Promise<void> {
  if (!driver.isActive) await nextEvent(driver, "active");
}
