/** The part of an `RTCDataChannel` that is used here; browsers' and Node's have it. */
export interface DataChannelLike {
  readonly readyState: string;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  send(data: string): void;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(type: DataChannelEvent, listener: (event: Event) => void): void;
  removeEventListener(type: DataChannelEvent, listener: (event: Event) => void): void;
}

/** What a channel listens to. */
export type DataChannelEvent = "open" | "message" | "bufferedamountlow" | "close" | "error";

/** What a data channel stands: `RtcBackend.channel`, with the message size that the two sides have negotiated. */
export interface DataChannelMarks {
  /** Bytes it is given to buffer at most. */
  readonly highWaterBytes: number;
  /** Bytes in its buffer below which it is given more. */
  readonly lowWaterBytes: number;
  /** Bytes of one message at most. */
  readonly maxMessageBytes: number;
}

/** The text or the bytes of a `message` event, whatever the implementation wraps them in; undefined for anything else. */
export function contentOf(event: Event): Uint8Array<ArrayBuffer> | string | undefined {
  const { data } = event as Event & { readonly data?: unknown };
  if (typeof data === "string") return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  // A plain view, because a Node Buffer's `slice` does not copy.
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength) : undefined;
}
