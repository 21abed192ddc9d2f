export { MemoryRelay, type Delivery, type MemoryClient } from "./testing/memory-relay.ts";
export { randomFrom } from "./testing/random.ts";
