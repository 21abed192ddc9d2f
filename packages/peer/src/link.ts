/** The parts of a pair's connection, for those who carry something else over it than a room: `@peerloom/direct` does. */
export { browserBackend } from "./browser-backend.ts";
export { Carrier } from "./channels/carrier.ts";
export { packetBytesOf } from "./channels/packet-bytes.ts";
export { WIRE_LIMITS } from "./channels/wire.ts";
export { Connection } from "./pair/connection.ts";
export type { ConnectionHooks, DriverMessage } from "./pair/connection-options.ts";
export { parseCandidates } from "./pair/control.ts";
export { HeldChannel } from "./pair/held-channel.ts";
export type { HeartbeatTimes } from "./pair/heartbeat.ts";
