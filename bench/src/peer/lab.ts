import type { Side } from "./side.ts";

/** A side, wherever it runs. */
export interface RemoteSide extends Pick<Side, "open" | "exercise"> {
  leave(room: string): Promise<void>;
  end(): Promise<void>;
}

/** Two sides of one platform. */
export interface Lab {
  readonly a: RemoteSide;
  readonly b: RemoteSide;
  /** Two more, which know nothing of each other yet. */
  fresh(): Promise<Pick<Lab, "a" | "b">>;
  close(): Promise<void>;
}
