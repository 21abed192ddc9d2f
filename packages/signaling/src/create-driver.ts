import type { Driver } from "./driver.ts";
import { MediumDriver } from "./medium-driver.ts";
import type { DriverOptions, Medium, MediumEvents } from "./medium.ts";

/**
 * Makes a driver of a medium: it escapes the namespaces, counts who listens where, subscribes again when the medium is back, brings a
 * publisher's messages to the handlers beside it, checks what comes, and reports what fails. `connect` is called at once.
 *
 * @throws RangeError when `timeoutMs` is no duration; whatever `connect` throws.
 */
export function createDriver(options: DriverOptions, connect: (events: MediumEvents) => Medium): Driver {
  return new MediumDriver(options, connect);
}
