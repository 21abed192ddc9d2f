import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const source = "@peerloom/source";
const root = import.meta.dirname;

/** Every folder with a package.json below `parent` is a project of its own, so that a package without tests is seen. */
const packages = readdirSync(join(root, "packages"))
  .filter((name) => existsSync(join(root, "packages", name, "package.json")))
  .map((name) => ({ extends: true as const, test: { name, root: join(root, "packages", name) } }));

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
    projects: [
      ...packages,
      { extends: true, test: { name: "tools", root: join(root, "tools"), include: ["**/*.test.ts"] } },
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
