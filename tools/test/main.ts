import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectOf, testFolders } from "../lib/folders.ts";
import { root, run, turbo } from "../lib/run.ts";
import { findPrograms } from "./programs.ts";
import { lastLine, summarize } from "./report.ts";
import type { Counts, VitestReport } from "./report.ts";

const folders = [...testFolders, "e2e"];
const projects = new Set(folders.map((folder) => projectOf(folder)));
/** The name of a package stands for its tests, all else is vitest's. */
const filters = process.argv.slice(2);
const named = filters.filter((filter) => projects.has(filter));

/** Runs everything and says how it went; a run that could not be made is one failure. */
async function test(): Promise<Counts & { readonly ok: boolean }> {
  const stop = (message: string): Counts & { readonly ok: boolean } => {
    console.error(message);
    return { passed: 0, failed: 1, skipped: 0, ok: false };
  };
  const found = await findPrograms();
  if (!found.ok) return stop(found.message);
  // All others run from source.
  const isBuildNeeded = named.length === 0 || named.includes("e2e");
  if (isBuildNeeded && (await turbo("build", "--filter=@peerloom/e2e^...")).code !== 0)
    return stop("What the tests need could not be built");

  const folder = mkdtempSync(join(tmpdir(), "peerloom-test-"));
  const file = join(folder, "report.json");
  try {
    const chosen = filters.map((filter) => (named.includes(filter) ? `--project=${filter === "e2e" ? "e2e*" : filter}` : filter));
    const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...chosen];
    const { code } = await run("vitest", args, { env: { ...process.env, ...found.env } });
    if (!existsSync(file)) return stop(`vitest ended with ${code} and left no report`);
    return conclude(JSON.parse(readFileSync(file, "utf8")) as VitestReport, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function conclude(report: VitestReport, code: number): Counts & { readonly ok: boolean } {
  // A filter leaves folders out on purpose.
  const summary = summarize(report, root, filters.length > 0 ? [] : folders);
  const width = Math.max(...[...summary.byFolder.keys()].map((name) => name.length));
  for (const [name, counts] of summary.byFolder) console.log(`${name.padEnd(width)}  ${lastLine(counts)}`);
  for (const problem of summary.problems) console.log(`failed: ${problem}`);
  for (const name of summary.skippedNames) console.log(`skipped: ${name}`);
  const { passed, skipped } = summary;
  // Vitest also fails for an error that no test caught.
  const failed = summary.failed === 0 && code !== 0 ? 1 : summary.failed;
  if (summary.failed !== failed) console.log(`failed: vitest ended with ${code}; the error stands above`);
  const isSkipAllowed = process.env["CI"] !== "true" && process.env["CI"] !== "1";
  if (skipped > 0 && !isSkipAllowed) console.log("A skipped test fails where CI is set");
  return { passed, failed, skipped, ok: failed === 0 && passed > 0 && (skipped === 0 || isSkipAllowed) };
}

const result = await test();
console.log(lastLine(result));
process.exitCode = result.ok ? 0 : 1;
