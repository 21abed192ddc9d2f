import { toBase64 } from "./base64.ts";
import { WIRE } from "./limits.ts";

/** Where a hole is: keys and indices from the outermost array inwards. */
export type Path = readonly (string | number)[];

/** A value JSON cannot carry; docs/protocol.md section 4. A trailing 1 marks an `ArrayBuffer`. */
export type Hole =
  | readonly [Path, "u"]
  | readonly [Path, "n", string]
  | readonly [Path, "s", string]
  | readonly [Path, "s", string, 1]
  | readonly [Path, "b", number]
  | readonly [Path, "b", number, 1];

/** Some values, ready for the wire. `parts` are the caller's own buffers: they must not change until acknowledged. */
export interface EncodedValues {
  /** JSON of the values with `0` in place of each hole. */
  readonly json: string;
  readonly holes: readonly Hole[];
  readonly parts: readonly Uint8Array[];
}

const noHoles: readonly Hole[] = [];
const noParts: readonly Uint8Array[] = [];

/**
 * Encodes values: JSON, `undefined`, numbers JSON lacks, and binary (`Uint8Array`, `Buffer`, `ArrayBuffer`) at any depth.
 *
 * @throws TypeError naming the place of a value that cannot be carried: a function, symbol, BigInt, class instance, cycle, a
 *   key `__proto__`, more than 128 levels. Also when more than 4096 of the values are ones JSON lacks.
 */
export function encodeValues(values: readonly unknown[]): EncodedValues {
  if (values.length === 1 && typeof values[0] === "string")
    return { json: `[${JSON.stringify(values[0])}]`, holes: noHoles, parts: noParts };
  // `every` passes over what is missing from a sparse array, `includes` does not.
  if (!values.includes(undefined) && values.every(isPlain)) return { json: JSON.stringify(values), holes: noHoles, parts: noParts };
  const encoder = new Encoder();
  const json = JSON.stringify(encoder.array(values));
  if (encoder.holes.length > WIRE.maxHoles) throw new TypeError(`a message can carry at most ${WIRE.maxHoles} values that JSON lacks`);
  return { json, holes: encoder.holes, parts: encoder.parts };
}

/** Does JSON carry it as it is? Says so of primitives and of lists of them only. */
function isPlain(value: unknown): boolean {
  if (isPlainPrimitive(value)) return true;
  return Array.isArray(value) && !("toJSON" in value) && !value.includes(undefined) && value.every(isPlainPrimitive);
}

function isPlainPrimitive(value: unknown): boolean {
  const type = typeof value;
  return type === "string" || type === "boolean" || value === null || (type === "number" && isPlainNumber(value as number));
}

function isPlainNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

/** Walks values, copies a container only where it holds something JSON lacks. */
class Encoder {
  readonly holes: Hole[] = [];
  readonly parts: Uint8Array[] = [];
  readonly #path: (string | number)[] = [];

  array(values: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      const carried = this.#at(index, value);
      if (carried !== value) (copy ??= Array.from(values))[index] = carried;
    }
    return copy ?? values;
  }

  #object(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(object)) {
      if (key === "__proto__") throw this.#refuse('has a key "__proto__"');
      const value = object[key];
      const carried = this.#at(key, value);
      if (carried !== value) (copy ??= { ...object })[key] = carried;
    }
    return copy ?? object;
  }

  #at(key: string | number, value: unknown): unknown {
    if (isPlainPrimitive(value)) return value;
    this.#path.push(key);
    const carried = this.#carry(value);
    this.#path.pop();
    return carried;
  }

  #carry(value: unknown): unknown {
    if (value === undefined) return this.#hole([[...this.#path], "u"]);
    if (typeof value === "number") return this.#hole([[...this.#path], "n", Object.is(value, -0) ? "-0" : String(value)]);
    if (typeof value !== "object" || value === null) throw this.#refuse(`is a ${typeof value}`);
    if (this.#path.length > WIRE.maxDepth) throw this.#refuse(`is nested deeper than ${WIRE.maxDepth} levels, or part of a cycle`);
    if (Array.isArray(value)) {
      // `JSON.stringify` would send what that returns instead.
      if ("toJSON" in value) throw this.#refuse("is an array with a method toJSON");
      return this.array(value);
    }
    if (value instanceof Uint8Array) return this.#binary(value, false);
    if (value instanceof ArrayBuffer) return this.#binary(new Uint8Array(value), true);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) throw this.#refuse(`is a ${nameOf(prototype)}`);
    return this.#object(value as Record<string, unknown>);
  }

  #binary(bytes: Uint8Array, isArrayBuffer: boolean): 0 {
    const path = [...this.#path];
    if (bytes.length <= WIRE.inlineBytes) {
      const text = toBase64(bytes);
      return this.#hole(isArrayBuffer ? [path, "s", text, 1] : [path, "s", text]);
    }
    const index = this.parts.push(bytes) - 1;
    return this.#hole(isArrayBuffer ? [path, "b", index, 1] : [path, "b", index]);
  }

  #hole(hole: Hole): 0 {
    this.holes.push(hole);
    return 0;
  }

  #refuse(why: string): TypeError {
    const [argument, ...inner] = this.#path;
    const place = inner.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
    return new TypeError(`argument ${Number(argument ?? 0) + 1}${place} ${why} and cannot be sent`);
  }
}

function nameOf(prototype: unknown): string {
  const constructor: unknown = typeof prototype === "object" && prototype !== null ? Reflect.get(prototype, "constructor") : undefined;
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "class instance";
}
