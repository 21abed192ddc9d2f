import { createInterface } from "node:readline";
import { rtc } from "@peerloom/rtc-node";
import type { RtcChoice } from "@peerloom/rtc-node";
import { meetInRoom } from "../support/room.ts";
import type { RoomLine, RoomSurroundings } from "../support/room.ts";

/** A peer in a process of its own, whose signaling and reports are JSON lines on its two ends. */
const [use, options = "{}"] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin });
await meetInRoom({
  ...(JSON.parse(options) as Pick<RoomSurroundings, "id">),
  rtc: await rtc({ use: use as RtcChoice }),
  say: (line) => void process.stdout.write(`${JSON.stringify(line)}\n`),
  onLine: (listener) => void lines.on("line", (line) => listener(JSON.parse(line) as RoomLine)),
});
