/** Tells whether a value that came from a wire is a `T`. */
export type Guard<T> = (value: unknown) => value is T;

/** A field that may be absent. */
export interface Optional<T> {
  readonly optional: Guard<T>;
}

/** For each field of `T` its guard; leaving one out does not compile. */
export type Shape<T> = {
  readonly [K in keyof T]-?: undefined extends T[K] ? Optional<Exclude<T[K], undefined>> : Guard<T[K]>;
};

/** Copies the fields of `shape`, and no others, from an untrusted value. Returns undefined when one is missing or wrong. */
export function parseShape<T>(value: unknown, shape: Shape<T>): T | undefined {
  if (!isRecord(value)) return undefined;
  const entries: [string, unknown][] = [];
  for (const [key, guard] of Object.entries(shape) as [string, Guard<unknown> | Optional<unknown>][]) {
    const field = Object.hasOwn(value, key) ? value[key] : undefined;
    if (typeof guard === "function") {
      if (!guard(field)) return undefined;
    } else if (field === undefined) continue;
    else if (!guard.optional(field)) return undefined;
    entries.push([key, field]);
  }
  return Object.fromEntries(entries) as T;
}

/** An object that is neither null nor an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A whole number from 0 to 2^53 - 1. */
export function isUint(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A string of at most `max` UTF-16 units. */
export function isText(max: number): Guard<string> {
  return (value): value is string => typeof value === "string" && value.length <= max;
}

/** One of the given strings. */
export function isOneOf<T extends string>(...choices: readonly T[]): Guard<T> {
  return (value): value is T => choices.includes(value as T);
}

/** An array of at most `max` values that `guard` takes. */
export function isListOf<T>(guard: Guard<T>, max: number): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.length <= max && value.every(guard);
}
