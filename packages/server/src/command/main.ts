#!/usr/bin/env node
import { run } from "./run.ts";

// A log that nobody reads any more is no reason to end.
process.stdout.on("error", () => {});
void run(process.argv.slice(2), process).then((code) => {
  process.stdout.write("", () => process.exit(code));
});
