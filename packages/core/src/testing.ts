export { MemoryRelay, type Delivery, type MemoryClient } from "./testing/memory-relay.ts";
