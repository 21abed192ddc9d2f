import { globSync } from "node:fs";
import { basename, dirname } from "node:path";
import { root } from "./run.ts";

/** The folders of the public packages, from the root: `packages/core`, … */
export const packageFolders: readonly string[] = globSync("packages/*/package.json", { cwd: root })
  .map((path) => dirname(path).replaceAll("\\", "/"))
  .toSorted();

/** What vitest calls the tests of a folder: `core`, `apps/chat`, `e2e`. */
export const projectOf = (folder: string): string => (folder.startsWith("apps/") ? folder : basename(folder));

/** The folders, besides `e2e`, that have tests of their own: each package must, an app may. */
export const testFolders: readonly string[] = [
  ...packageFolders,
  ...globSync("apps/*/test", { cwd: root }).map((path) => dirname(path).replaceAll("\\", "/")),
  "bench",
  "examples",
  "tools",
];
