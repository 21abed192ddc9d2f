import test from "node:test";
import { MemoryHub, memoryDriver } from "../../src/memory.ts";
import { driverSuite } from "../../src/testing.ts";

driverSuite({
  name: "memory",
  test: (name, run) => void test(name, run),
  open: () => {
    const hub = new MemoryHub();
    return { hub, create: () => memoryDriver(hub), close: () => {} };
  },
  cut: ({ hub }) => hub.cut(),
  restore: ({ hub }) => hub.restore(),
});
