import { setFlagsFromString } from "node:v8";

/**
 * Has V8 begin to mark what is old when 60 % of the room for more is used, and at 85 % at once. By itself it begins when that room is no larger than the
 * young generation may become (`Heap::IncrementalMarkingLimitReached` in V8's `src/heap/heap.cc`), which in a process that keeps little and makes much
 * garbage is always so: after each collection of the young all is marked, by threads that take the processor from the relay. V8 looks at both flags each
 * time anew, so they hold from now on.
 */
export function markLate(): void {
  setFlagsFromString("--incremental-marking-soft-trigger=60");
  setFlagsFromString("--incremental-marking-hard-trigger=85");
}
