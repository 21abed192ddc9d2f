export { driverCases, driverSuite, type DriverCase } from "./testing/suite.ts";
export type { DriverSuite, DriverWorld } from "./testing/world.ts";
