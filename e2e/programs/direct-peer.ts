import { createInterface } from "node:readline";
import { rtc, type RtcChoice } from "@peerloom/rtc-node";
import { talk, type SideOptions, type SideOrder } from "../support/direct-side.ts";

/** One side of a long talk in a process of its own: orders come as JSON lines, reports leave so. */
const [use, options = "{}"] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin });
await talk({
  ...(JSON.parse(options) as SideOptions),
  rtc: await rtc({ use: use as RtcChoice }),
  report: (report) => void process.stdout.write(`${JSON.stringify(report)}\n`),
  onOrder: (listener) => void lines.on("line", (line) => listener(JSON.parse(line) as SideOrder)),
});
