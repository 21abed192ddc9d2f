import { relative } from "node:path";

/** What vitest's JSON reporter writes, as far as it is read here. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Summary extends Counts {
  /** By folder: `packages/core`, `e2e`. */
  readonly byFolder: ReadonlyMap<string, Counts>;
  /** `folder: name` of each test that did not run. */
  readonly skippedNames: readonly string[];
  /** What counts as failed without being a test: a file that did not load, a folder without tests. */
  readonly problems: readonly string[];
}

const none: Counts = { passed: 0, failed: 0, skipped: 0 };
const add = (a: Counts, b: Partial<Counts>): Counts => ({
  passed: a.passed + (b.passed ?? 0),
  failed: a.failed + (b.failed ?? 0),
  skipped: a.skipped + (b.skipped ?? 0),
});

/** Sums a report. `folders`, from the root, are those that must have a test; the one that has none counts as failed. */
export function summarize(report: VitestReport, root: string, folders: readonly string[]): Summary {
  const byFolder = new Map<string, Counts>();
  const skippedNames: string[] = [];
  const problems: string[] = [];
  const count = (folder: string, counts: Partial<Counts>): unknown => byFolder.set(folder, add(byFolder.get(folder) ?? none, counts));
  for (const file of report.testResults) {
    const path = relative(root, file.name).replaceAll("\\", "/");
    const folder = /^(?:packages|apps)\/[^/]+|^[^/]+/.exec(path)?.[0] ?? path;
    for (const { status, fullName } of file.assertionResults) {
      if (status === "passed") count(folder, { passed: 1 });
      else if (status === "failed") count(folder, { failed: 1 });
      else {
        count(folder, { skipped: 1 });
        skippedNames.push(`${path}: ${fullName}`);
      }
    }
    const hasFailedTest = file.assertionResults.some(({ status }) => status === "failed");
    if (file.status === "failed" && !hasFailedTest) {
      count(folder, { failed: 1 });
      problems.push(`${path} failed outside of its tests`);
    }
  }
  for (const folder of folders) {
    if (byFolder.has(folder)) continue;
    count(folder, { failed: 1 });
    problems.push(`${folder} has no tests`);
  }
  const total = [...byFolder.values()].reduce((sum, counts) => add(sum, counts), none);
  return { ...total, byFolder, skippedNames, problems };
}

/** The last line of the test command. */
export function lastLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
