import { PeerloomError } from "@peerloom/core";
import { parseFileInfo } from "./file-info.ts";
import { FlowIn } from "./flow-in.ts";
import type { OpenFrame } from "./frames.ts";
import { IncomingFile } from "./incoming-file.ts";
import type { LaneOut } from "./lane-out.ts";
import type { Sends } from "./sends.ts";
import { FRAME, LANE, WIRE_LIMITS } from "./wire.ts";

/** Bytes that wait in a stream's lane above which its writer waits. */
const STREAM_HIGH_BYTES = 262_144;

/** Both directions of a channel as web streams of bytes. */
export interface ChannelPair {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<Uint8Array>;
}

export interface TransfersOptions {
  readonly sends: Sends;
  readonly maxFileBytes: number;
  /** Stops a lane of the other side. */
  readonly cancel: (lane: number, error: PeerloomError) => void;
  /** Takes a file; false when nobody wants any. */
  readonly file: (file: IncomingFile) => boolean;
}

/** Files and the stream of a channel: what comes at the pace at which it is read. */
export class Transfers {
  readonly #options: TransfersOptions;
  #incoming: FlowIn | undefined;
  #pair: ChannelPair | undefined;
  #failure: PeerloomError | undefined;
  /** Tells the readable side what it waits for. */
  #waiting: ((outcome: FlowIn | PeerloomError) => void) | undefined;
  #failWritable: ((error: PeerloomError) => void) | undefined;

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  /** A lane of the other side begins; `begin` is told where it goes. @returns why it is refused, if it is. */
  open(frame: OpenFrame, begin: (to: FlowIn) => void): PeerloomError | undefined {
    return frame.kind === LANE.file ? this.#openFile(frame, begin) : this.#openStream(frame.lane, begin);
  }

  /** The one pair of the channel. */
  pair(): ChannelPair {
    this.#pair ??= { readable: this.#readable(), writable: this.#writable() };
    return this.#pair;
  }

  fail(error: PeerloomError): void {
    this.#failure = error;
    this.#waiting?.(error);
    this.#failWritable?.(error);
  }

  #openFile(frame: OpenFrame, begin: (to: FlowIn) => void): PeerloomError | undefined {
    const info = parseFileInfo(frame);
    if (info === undefined) return new PeerloomError("BAD_REQUEST", "what is said about the file is malformed");
    const { maxFileBytes } = this.#options;
    if ((info.size ?? 0) > maxFileBytes) return new PeerloomError("TOO_LARGE", `the receiver takes files of ${maxFileBytes} bytes at most`);
    const cancel = (reason: unknown): void => this.#options.cancel(frame.lane, cancelError(reason));
    const flow = new FlowIn({
      credit: (bytes) => this.#options.sends.control(FRAME.credit, [frame.lane, bytes]),
      cancelled: cancel,
    });
    const file = new IncomingFile(info, flow, (reason) => {
      cancel(reason);
      flow.fail(cancelError(reason));
    });
    begin(flow);
    return this.#options.file(file) ? undefined : new PeerloomError("NO_HANDLER", "nobody takes files here");
  }

  #openStream(lane: number, begin: (to: FlowIn) => void): PeerloomError | undefined {
    if (this.#incoming !== undefined) return new PeerloomError("LIMIT", "a channel carries one stream in each direction");
    this.#incoming = new FlowIn({
      credit: (bytes) => this.#options.sends.control(FRAME.credit, [lane, bytes]),
      cancelled: (reason) => this.#options.cancel(lane, cancelError(reason)),
    });
    begin(this.#incoming);
    this.#waiting?.(this.#incoming);
    return undefined;
  }

  /** The other side's stream, which may begin later. */
  #readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    if (this.#incoming !== undefined) return this.#incoming.readable;
    let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
    const came = new Promise<ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>>((resolve, reject) => {
      this.#waiting = (outcome) => {
        this.#waiting = undefined;
        if (outcome instanceof Error) return reject(outcome);
        reader = outcome.readable.getReader();
        resolve(reader);
      };
      if (this.#failure !== undefined) this.#waiting(this.#failure);
    });
    // Whoever reads is told.
    came.catch(() => {});
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          const { done, value } = await (reader ?? (await came)).read();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: (reason: unknown) => {
          if (reader !== undefined) return reader.cancel(reason);
          // What begins later is stopped then.
          void came.then((late) => late.cancel(reason)).catch(() => {});
          return undefined;
        },
      },
      { highWaterMark: 0 },
    );
  }

  #writable(): WritableStream<Uint8Array> {
    const { sends } = this.#options;
    let lane: LaneOut | undefined;
    let controller: WritableStreamDefaultController | undefined;
    let failure = this.#failure;
    let wake: (() => void) | undefined;
    let closed: { readonly resolve: () => void; readonly reject: (error: PeerloomError) => void } | undefined;
    const failed = (error: PeerloomError): void => {
      failure = error;
      controller?.error(error);
      wake?.();
      closed?.reject(error);
    };
    this.#failWritable = failed;
    const open = (): LaneOut => {
      lane = sends.lane(
        { numbers: [LANE.stream, 0, 0], text: "" },
        WIRE_LIMITS.windowBytes,
        {
          done: () => closed?.resolve(),
          failed,
          wanted: () => {
            if ((lane?.bytes ?? 0) < STREAM_HIGH_BYTES) wake?.();
          },
        },
        false,
      );
      sends.open(lane);
      return lane;
    };
    return new WritableStream<Uint8Array>({
      start: (own) => {
        controller = own;
        // Not in `abort` below: that waits for a write which may wait for a reader that never reads.
        own.signal.addEventListener("abort", () => {
          controller = undefined;
          sends.abort(lane ?? open(), cancelError(own.signal.reason));
        });
      },
      write: async (chunk: unknown) => {
        const bytes = chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : chunk;
        if (!(bytes instanceof Uint8Array)) throw new TypeError("a channel's stream carries bytes: Uint8Array");
        if (failure !== undefined) throw failure;
        const to = lane ?? open();
        // What was written may be changed once the write has been answered.
        to.push(bytes.slice());
        sends.written();
        if (to.bytes >= STREAM_HIGH_BYTES) await new Promise<void>((resolve) => (wake = resolve));
        if (failure !== undefined) throw failure;
      },
      close: () => {
        if (failure !== undefined) return Promise.reject(failure);
        const to = lane ?? open();
        to.finish();
        const end = new Promise<void>((resolve, reject) => (closed = { resolve, reject }));
        sends.written();
        return end;
      },
    });
  }
}

function cancelError(reason: unknown): PeerloomError {
  if (PeerloomError.is(reason)) return reason;
  const message = reason instanceof Error ? reason.message : typeof reason === "string" ? reason : "the transfer was cancelled";
  return new PeerloomError("ABORTED", message, { cause: reason });
}
