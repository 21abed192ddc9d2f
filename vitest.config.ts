import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { projectOf, testFolders } from "./tools/lib/folders.ts";

const source = "@peerloom/source";
const root = import.meta.dirname;

export default defineConfig({
  resolve: { conditions: [source, "module", "node", "development|production"] },
  ssr: { resolve: { conditions: [source, "module", "node", "development|production"] } },
  test: {
    include: ["test/**/*.test.ts"],
    // Programs that a test starts run from source too.
    env: { NODE_OPTIONS: `--conditions=${source}` },
    restoreMocks: true,
    unstubGlobals: true,
    retry: 0,
    // Vitest leaves one core out, which on two cores would leave one worker.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      ...testFolders.map((folder) => ({
        extends: true as const,
        test: {
          name: projectOf(folder),
          root: join(root, folder),
          ...(folder === "tools" ? { include: ["**/*.test.ts"] } : {}),
          // Each test starts processes.
          ...(folder === "bench" ? { testTimeout: 60_000 } : {}),
        },
      })),
      {
        extends: true,
        test: {
          name: "e2e",
          root: join(root, "e2e"),
          // One at a time and after the others: these start relays and browsers.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
