/**
 * Node's options for processes through which little but binary data passes, of all contestants alike, as docs/operating.md recommends them. With
 * Node's own sizes, V8 marks without end or not at all while buffers pass, by chance, and that is what would be measured.
 */
export const heapForBuffers: readonly string[] = ["--max-semi-space-size=1", "--initial-old-space-size=64"];

/** What the command `peerloom-server` has V8 do, in `packages/server/src/command/heap.ts`. */
export const heapOfCommand: readonly string[] = ["--incremental-marking-soft-trigger=60", "--incremental-marking-hard-trigger=85"];
