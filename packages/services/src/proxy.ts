import type { ServiceContext } from "./context.ts";
import type { ServiceCall, ServiceStream } from "./service-call.ts";

/** What a caller passes: the method's parameters without the context that the provider adds. */
type Given<A extends readonly unknown[]> = A extends readonly [...infer Head, ServiceContext]
  ? Head
  : A extends readonly [...infer Head, ServiceContext?]
    ? Head
    : A;

type Called<M> = M extends (...args: infer A) => infer R
  ? R extends AsyncIterable<infer T>
    ? (...args: Given<A>) => ServiceStream<T>
    : (...args: Given<A>) => ServiceCall<Awaited<R>>
  : never;

/** A service as its callers see it: each method a call to one of its providers. */
export type Service<T> = { readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: Called<T[K]> };

/** What is assumed of a service whose type is not told. */
export type UntypedService = Record<string, (...args: unknown[]) => unknown>;

/** Makes an object with every method one can name. It is not thenable, so it can be returned from an async function. */
export function createProxy(makeMethod: (name: string) => (...args: unknown[]) => unknown): object {
  const methods = new Map<string, (...args: unknown[]) => unknown>();
  const methodOf = (name: string): ((...args: unknown[]) => unknown) => {
    const method = makeMethod(name);
    if (methods.size < maxMethods) methods.set(name, method);
    return method;
  };
  return new Proxy(Object.freeze(Object.create(null) as object), {
    get: (_target, name) => (typeof name !== "string" || name === "then" ? undefined : (methods.get(name) ?? methodOf(name))),
  });
}

/** Names are few; a program that makes them up pays for it by itself. */
const maxMethods = 1024;
