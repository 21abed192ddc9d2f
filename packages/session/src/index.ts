export { createDefer, type Defer } from "./defer.ts";
export { Endpoint, type EndpointEvents, type EndpointOptions, type PresenceUpdate } from "./endpoint.ts";
export { defaultSessionLimits, type SessionLimits } from "./limits.ts";
