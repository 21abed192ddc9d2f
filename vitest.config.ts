import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { projectOf, testFolders } from "./tools/lib/folders.ts";

const source = "@peerloom/source";
const root = import.meta.dirname;
const tests = "test/**/*.test.ts";

/** Tests in `e2e` that assert something of time, memory or pace, or keep both cores busy for long: these want nothing beside them. */
const alone = [
  "test/chat/{call,files,firefox}.test.ts",
  "test/direct/{blocked,path-changes}.test.ts",
  "test/operate/rolling-restart.test.ts",
  "test/peer/{killed,media-in-node,turn}.test.ts",
  "test/reliability/*.test.ts",
  "test/strangers/floods.test.ts",
  "test/streams/{budgets,restarts}.test.ts",
];

/** The tests of a package or app. Its files share a process, one after the other: to load everything anew for each took a third of the time. */
function ofFolder(folder: string): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name: projectOf(folder),
      root: join(root, folder),
      include: [folder === "tools" ? "**/*.test.ts" : tests],
      isolate: false,
      setupFiles: [join(root, "tools/test/real-timers.ts")],
      // Each test starts processes.
      ...(folder === "bench" ? { testTimeout: 60_000 } : {}),
    },
  };
}

interface Files {
  readonly include: string[];
  readonly exclude?: string[];
  readonly fileParallelism?: boolean;
}

/** Tests that start relays and browsers: groups run one after the other, behind all packages. */
function endToEnd(name: string, groupOrder: number, files: Files): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: { name, root: join(root, "e2e"), sequence: { groupOrder }, testTimeout: 60_000, hookTimeout: 60_000, ...files },
  };
}

export default defineConfig({
  resolve: { conditions: [source, "module", "node", "development|production"] },
  ssr: { resolve: { conditions: [source, "module", "node", "development|production"] } },
  test: {
    // Programs that a test starts run from source too.
    env: { NODE_OPTIONS: `--conditions=${source}` },
    restoreMocks: true,
    unstubGlobals: true,
    retry: 0,
    // Vitest leaves one core out, which on two cores would leave one worker.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      ...testFolders.map(ofFolder),
      endToEnd("e2e", 1, { include: [tests], exclude: alone }),
      endToEnd("e2e-alone", 2, { include: alone, fileParallelism: false }),
    ],
  },
});
