type Method = (...args: unknown[]) => unknown;

/** `target` with the properties of `face` before its own; its methods still run on `target` itself. */
export function overlay<T extends object, F extends object>(target: T, face: F): Omit<T, keyof F> & F {
  const bound = new Map<PropertyKey, { readonly method: Method; readonly bound: Method }>();
  const bind = (name: PropertyKey, method: Method): Method => {
    const known = bound.get(name);
    if (known?.method === method) return known.bound;
    const entry = { method, bound: method.bind(target) as Method };
    bound.set(name, entry);
    return entry.bound;
  };
  return new Proxy(target, {
    get: (_, name) => {
      if (Object.hasOwn(face, name)) return Reflect.get(face, name) as unknown;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" && name !== "constructor" ? bind(name, value as Method) : value;
    },
    has: (_, name) => Object.hasOwn(face, name) || Reflect.has(target, name),
    set: (_, name, value) => !Object.hasOwn(face, name) && Reflect.set(target, name, value, target),
  }) as unknown as Omit<T, keyof F> & F;
}
