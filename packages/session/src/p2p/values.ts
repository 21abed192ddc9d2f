const key = "peerloom:values";

/** What an acknowledge function was called with, as one value: itself when there is one, as with everybody who sends requests. */
export function packValues(values: readonly unknown[]): unknown {
  if (values.length <= 1 && !isPacked(values[0])) return values[0];
  return { [key]: values };
}

/** What an acknowledge function is to be called with. */
export function unpackValues(answer: unknown): readonly unknown[] {
  return isPacked(answer) ? answer[key] : [answer];
}

function isPacked(value: unknown): value is { readonly [key]: readonly unknown[] } {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) && Array.isArray(Reflect.get(value, key));
}
