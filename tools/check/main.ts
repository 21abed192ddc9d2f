import { run } from "../lib/run.ts";

/** Each runs to its end even when another failed, so that one run tells everything. */
const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ["workspace", "node", "tools/check-workspace/main.ts"],
  ["format", "oxfmt", "--check"],
  ["types", "tsc", "-b"],
  ["types of tests", "tsc", "-p", "tsconfig.tests.json"],
  ["lint", "oxlint", "--deny-warnings"],
  ["unused", "knip", "--treat-config-hints-as-errors"],
];

const failed: string[] = [];
for (const [name, command, ...args] of steps) {
  const start = performance.now();
  const { code, output } = await run(command, args, { output: "capture" });
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (code === 0) continue;
  failed.push(name);
  console.log(output);
}
if (failed.length > 0) console.log(`check failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
