export type { Driver, DriverEvents, Namespace, SignalHandler } from "./driver.ts";
