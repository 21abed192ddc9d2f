import { PeerloomError, toWireError } from "@peerloom/core";
import type { ContentReader } from "./content-source.ts";
import type { LaneOut, LaneOutHooks } from "./lane-out.ts";

/** Bytes that wait in a lane above which its source is not read on. */
const LANE_HIGH_BYTES = 2_097_152;

export interface FillHooks {
  /** Something was added. */
  readonly written: () => void;
  /** The content cannot be read, or is not what was said. */
  readonly failed: (lane: LaneOut, error: PeerloomError) => void;
}

/**
 * Hooks for a lane that is filled from `reader` while it is sent: it is read when the lane's turn has come, never far ahead of what
 * goes out, and cancelled when the lane fails.
 */
export function filling(
  reader: ContentReader,
  total: number | undefined,
  hooks: LaneOutHooks,
  fill: FillHooks,
): (lane: () => LaneOut) => LaneOutHooks {
  let isOver = false;
  let wake: (() => void) | undefined;
  /** Never rejects. */
  const run = async (lane: LaneOut): Promise<void> => {
    let bytes = 0;
    try {
      for (;;) {
        const piece = await reader.read();
        if (isOver) return;
        bytes += piece?.length ?? 0;
        if (total !== undefined && (piece === undefined ? bytes < total : bytes > total))
          throw new PeerloomError("PROTOCOL_ERROR", `its size is not ${total} bytes, as was said`);
        if (piece === undefined) break;
        lane.push(piece);
        fill.written();
        if (lane.bytes >= LANE_HIGH_BYTES) await new Promise<void>((resolve) => (wake = resolve));
        if (isOver) return;
      }
      lane.finish();
      fill.written();
    } catch (error) {
      const { code, message } = toWireError(error, "ABORTED");
      fill.failed(lane, new PeerloomError(code, `the content could not be read: ${message}`, { cause: error }));
    }
  };
  return (lane) => ({
    ...hooks,
    started: () => void run(lane()),
    wanted: () => {
      if (lane().bytes < LANE_HIGH_BYTES) wake?.();
    },
    failed: (error) => {
      isOver = true;
      wake?.();
      reader.cancel(error);
      hooks.failed(error);
    },
  });
}
