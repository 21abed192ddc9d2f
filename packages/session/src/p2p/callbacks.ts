import { packValues } from "./values.ts";

/** Takes what was emitted; behind it an acknowledge function when the sender passed one. */
export type Callback = (...args: never[]) => unknown;

type AnyCallback = (...args: unknown[]) => unknown;

/** @throws TypeError when `value` is no function. */
export function checkCallback<T>(value: T, what: string): T {
  if (typeof value !== "function") throw new TypeError(`${what} must be a function, not ${typeof value}`);
  return value;
}

/** Splits a trailing acknowledge function off. */
export function splitAck(given: readonly unknown[]): readonly [args: readonly unknown[], ack: AnyCallback | undefined] {
  const last = given.at(-1);
  return typeof last === "function" ? [given.slice(0, -1), last as AnyCallback] : [given, undefined];
}

/** Calls all: one that throws stops no other. The result rejects with what the first of them threw. */
export function callAll(callbacks: readonly Callback[], args: readonly unknown[]): Promise<unknown> | undefined {
  const [only] = callbacks;
  if (only !== undefined && callbacks.length === 1) {
    const result = call(only, args);
    return result instanceof Promise ? result : undefined;
  }
  const results = callbacks.map((callback) => call(callback, args)).filter((result) => result instanceof Promise);
  return results.length === 0 ? undefined : Promise.all(results);
}

/** Calls all with an acknowledge function; resolves to what the first acknowledged, packed, or rejects with what the first threw. */
export function askAll(callbacks: readonly Callback[], args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ack = (...values: unknown[]): void => resolve(packValues(values));
    for (const callback of callbacks) {
      const result = call(callback, [...args, ack]);
      if (result instanceof Promise) result.catch(reject);
    }
  });
}

function call(callback: Callback, args: readonly unknown[]): unknown {
  try {
    return (callback as AnyCallback)(...args);
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}
