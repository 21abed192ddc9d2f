import { PeerloomError } from "@peerloom/core";

/**
 * A whole number that a caller gave, or did not.
 *
 * @throws PeerloomError `BAD_REQUEST` when it is something else, or out of range.
 */
export function wholeNumber(name: string, given: unknown, { least, most, otherwise }: NumberRange): number {
  const value = given ?? otherwise;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new PeerloomError("BAD_REQUEST", `${name} must be a whole number from ${least} to ${most}`);
}

export interface NumberRange {
  readonly least: number;
  readonly most: number;
  /** What it is when nothing was given. */
  readonly otherwise: number;
}

/** What a caller gave to a method: the context is always last, whatever stands before it. */
export function split<C>(args: readonly unknown[]): { readonly given: readonly unknown[]; readonly context: C } {
  return { given: args.slice(0, -1), context: args.at(-1) as C };
}
