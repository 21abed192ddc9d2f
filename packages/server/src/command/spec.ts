/** One option of the command: how it is read, and what is said of it. */
export interface Spec<T> {
  /** One line for `--help`. */
  readonly help: string;
  /** The word for the value in `--help`; a switch has none. */
  readonly value: string | undefined;
  /** What it is when nobody says anything. */
  readonly standard: T;
  /** What is allowed, to be told to those who gave something else: "must be …". */
  readonly rule: string;
  /** Never shown, neither in errors nor in logs. */
  readonly isSecret: boolean;
  /** Takes several values, separated by commas. */
  readonly isList: boolean;
  /** The value, or undefined when it is not allowed. Flags and the environment give strings, the file gives JSON. */
  readonly parse: (given: unknown) => T | undefined;
}

type Kind<T> = Pick<Spec<T>, "value" | "rule" | "parse"> & Partial<Pick<Spec<T>, "isSecret" | "isList">>;

/** An option with a value of its own when it is not given. */
export function option<T>(kind: Kind<T>, standard: NoInfer<T>, help: string): Spec<T> {
  return { isSecret: false, isList: false, ...kind, standard, help };
}

/** An option that may be missing. */
export function optional<T>(kind: Kind<T>, help: string): Spec<T | undefined> {
  return { isSecret: false, isList: false, ...kind, standard: undefined, help };
}

/** A whole number. */
export function whole(min: number, max: number, value = "N"): Kind<number> {
  const rule = max === Infinity ? `a whole number from ${min} on` : `a whole number from ${min} to ${max}`;
  return { value, rule, parse: (given) => inRange(digits(given), min, max) };
}

/** Milliseconds that a timer can wait. */
export function milliseconds(min: number): Kind<number> {
  return whole(min, 2_147_483_647, "MS");
}

/** A string that is not empty and fits. */
export function text(value: string, rule: string, fits: (text: string) => boolean = () => true): Kind<string> {
  return { value, rule, parse: (given) => (typeof given === "string" && given !== "" && fits(given) ? given : undefined) };
}

/** A string that must not be seen, of at least so many bytes. */
export function secret(minBytes: number): Kind<string> {
  return { ...text("SECRET", `at least ${minBytes} bytes`, (given) => Buffer.byteLength(given) >= minBytes), isSecret: true };
}

/** One of some words. */
export function choice<T extends string>(words: readonly T[]): Kind<T> {
  return { value: words.join("|"), rule: `one of ${words.join(", ")}`, parse: (given) => words.find((word) => word === given) };
}

/** Several values; in the file an array. */
export function list({ value, rule, parse }: Kind<string>): Kind<readonly string[]> {
  const items = (given: unknown): readonly unknown[] =>
    typeof given === "string" ? given.split(",").map((item) => item.trim()) : Array.isArray(given) ? given : [];
  return {
    value: `${value},…`,
    rule: `a list of which each is ${rule}`,
    isList: true,
    parse: (given) => {
      const parsed = items(given).map(parse);
      return parsed.length === 0 || parsed.includes(undefined) ? undefined : (parsed as string[]);
    },
  };
}

/** On or off; as a flag it has no value. */
export const toggle: Kind<boolean> = {
  value: undefined,
  rule: "true or false",
  parse: (given) => (given === true || given === "true" ? true : given === false || given === "false" ? false : undefined),
};

function digits(given: unknown): number {
  if (typeof given === "number") return given;
  return typeof given === "string" && /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
}

function inRange(number: number, min: number, max: number): number | undefined {
  return Number.isInteger(number) && number >= min && number <= max ? number : undefined;
}
