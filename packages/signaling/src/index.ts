export { createDriver } from "./create-driver.ts";
export type { Driver, DriverEvents, Namespace, SignalHandler } from "./driver.ts";
export type { DriverOptions, Medium, MediumEvents } from "./medium.ts";
export { escapeNamespace } from "./namespace.ts";
