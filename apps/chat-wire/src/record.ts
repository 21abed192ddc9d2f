/** The fields of what came from somewhere; undefined when it is no object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

/** A text that names something: not empty, not longer than `max` characters. */
export function isKey(value: unknown, max = 64): value is string {
  return typeof value === "string" && value !== "" && value.length <= max;
}

/** A time that a clock can show, in milliseconds since 1970. */
export function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(new Date(value).getTime());
}
