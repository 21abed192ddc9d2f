import { checkName } from "@peerloom/protocol";

/** Methods by name; a Map, so that no name reaches a prototype. */
export type MethodTable = ReadonlyMap<string, (...args: unknown[]) => unknown>;

/** What a service offers: functions by name. Each gets the caller's arguments and then a `ServiceContext`. */
export type ServiceMethods = Readonly<Record<string, (...args: never[]) => unknown>>;

/**
 * The object's own functions, as they are now.
 *
 * @throws TypeError when there is none, when another value is among them, or for a name that cannot be called (`then`).
 */
export function methodTable(methods: ServiceMethods): MethodTable {
  if (typeof methods !== "object" || methods === null) throw new TypeError("a service's methods must be an object of functions");
  const table = new Map<string, (...args: unknown[]) => unknown>();
  for (const [name, method] of Object.entries(methods)) {
    checkName(name, "a method's name");
    if (name === "then") throw new TypeError('a method cannot be called "then": whoever awaited the service would call it');
    if (typeof method !== "function") throw new TypeError(`the method ${JSON.stringify(name)} must be a function, not ${typeof method}`);
    table.set(name, method.bind(methods) as (...args: unknown[]) => unknown);
  }
  if (table.size === 0) throw new TypeError("a service needs at least one method of its own; those of a prototype do not count");
  return table;
}
