#!/usr/bin/env node
import { markLate } from "./heap.ts";
import { run } from "./run.ts";

// A log that nobody reads any more is no reason to end.
process.stdout.on("error", () => {});
markLate();
void run(process.argv.slice(2), process).then((code) => {
  process.stdout.write("", () => process.exit(code));
});
