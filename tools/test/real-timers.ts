import { afterEach, vi } from "vitest";

// Files share a process: a test that fails while time stands still must not stop those behind it.
afterEach(() => void vi.useRealTimers());
