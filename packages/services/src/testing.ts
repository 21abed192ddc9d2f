export { MemoryDirectory, type MemoryDirectoryOptions } from "./testing/memory-directory.ts";
