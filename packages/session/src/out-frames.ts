import { frameBytes, type EncodedFrame } from "@peerloom/protocol";
import { FRAME_OVERHEAD_BYTES } from "./limits.ts";
import type { OutFrame } from "./outbox.ts";

// Classes, and no object literals: when most objects of a literal have outlived a collection, V8 makes all further ones in its old generation, where
// they die with what they refer to only in a full collection. Frames wait for their acknowledgement, so that happened to every other sender of many
// messages, and doubled what a message cost it.

/** A frame of a message, or one that controls something. `event` is what it completes. */
export class MessageFrame implements OutFrame {
  readonly text: string;
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  readonly event: string | undefined;

  constructor(frame: EncodedFrame, event: string | undefined) {
    this.text = frame.text;
    this.parts = frame.parts;
    this.bytes = frameBytes(frame) + FRAME_OVERHEAD_BYTES;
    this.event = event;
  }
}

/** A frame of a stream's data. `isPart`: more of the same value follows. `arrived` is called when the peer has it. */
export class BulkFrame implements OutFrame {
  readonly text: string;
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  readonly isBulk: boolean;
  readonly isPart: boolean;
  readonly arrived: (() => void) | undefined;

  constructor(frame: EncodedFrame, isPart: boolean, arrived: (() => void) | undefined) {
    this.text = frame.text;
    this.parts = frame.parts;
    this.bytes = frameBytes(frame) + FRAME_OVERHEAD_BYTES;
    this.isBulk = true;
    this.isPart = isPart;
    this.arrived = arrived;
  }
}
