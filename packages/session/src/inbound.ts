import { parseFrame, type PacketExtension, type ParsedPacket, type PartFrame } from "@peerloom/protocol";
import { Assembler, isPart, type WholeFrame } from "./assembler.ts";
import { BULK_WINDOW_BYTES, type SessionLimits } from "./limits.ts";
import type { Range } from "./lost-ranges.ts";
import { ReceiveWindow } from "./receive-window.ts";
import type { Traffic } from "./traffic.ts";

/** Where frames go. */
export interface InboundHost {
  /** A frame is due. Must not throw; returns false when the frame breaks the protocol, or the session has ended. */
  deliver(frame: WholeFrame): boolean;
  /** Is this stream, numbered as the peer does, open here? */
  wantsParts(stream: number): boolean;
}

const none: readonly Range[] = [];

/** The receiving half of a session: frames in order, long ones put together, and when to acknowledge. */
export class Inbound {
  readonly #host: InboundHost;
  readonly #limits: SessionLimits;
  readonly #traffic: Traffic;
  readonly #window: ReceiveWindow;
  readonly #assembler: Assembler;
  #unackedBytes = 0;
  #hasStreamData = false;
  /** Where the first gap began and the last one ended that the peer was told of. */
  #toldGaps: Range = [-1, -1];

  constructor(host: InboundHost, limits: SessionLimits, traffic: Traffic) {
    this.#host = host;
    this.#limits = limits;
    this.#traffic = traffic;
    this.#window = new ReceiveWindow(limits.windowBytes * 2);
    this.#assembler = new Assembler(limits.maxMessageBytes * 2);
  }

  /** Number of the next frame to hand out. */
  get expected(): number {
    return this.#window.expected;
  }

  /** Bytes that came early, or wait for the rest of their frame. */
  get bytes(): number {
    return this.#window.earlyBytes + this.#assembler.bytes;
  }

  /** Has something come that the peer was not told of? */
  get isUntold(): boolean {
    return this.#unackedBytes > 0;
  }

  /** The gaps to tell of now: each once, and all again with what is told besides. With the answer to a probe, all that is missing before it. */
  gaps(extension: PacketExtension | undefined): readonly Range[] {
    if (!this.#window.hasGap) return none;
    const gaps = this.#window.gaps(extension?.e);
    const isTold = gaps[0]?.[0] === this.#toldGaps[0] && (gaps.at(-1)?.[1] ?? 0) <= this.#toldGaps[1];
    return extension === undefined && isTold ? none : gaps;
  }

  /** Takes a packet's frames. Says when to acknowledge; `bad` when a frame breaks the protocol or the session has ended. */
  accept({ first, frames }: ParsedPacket, attachments: readonly Uint8Array[], bytes: number): "now" | "soon" | "bad" {
    const before = this.#window.expected;
    if (!this.#window.accept({ first, frames, attachments, bytes }, this.#deliver)) return "bad";
    this.#unackedBytes += bytes;
    const isOutOfOrder = this.#window.expected === before || this.gaps(undefined).length > 0;
    return this.#unackedBytes >= this.#ackBytes(attachments) || isOutOfOrder ? "now" : "soon";
  }

  /** The peer has been told what has come, and of these gaps. */
  told(gaps: readonly Range[]): void {
    const first = gaps[0];
    if (first !== undefined) this.#toldGaps = [first[0], gaps.at(-1)?.[1] ?? first[1]];
    this.#unackedBytes = 0;
    this.#hasStreamData = false;
  }

  /** A stream is let go here: forgets parts of its values. */
  dropParts(stream: number): void {
    this.#assembler.drop(stream);
  }

  clear(): void {
    this.#window.clear();
    this.#assembler.clear();
  }

  /**
   * Received bytes after which an acknowledgement goes at the end of the turn. It is a packet of its own: among small messages it
   * weighs little and lets their sender forget them early; one for each large message would halve their rate.
   */
  #ackBytes(attachments: readonly Uint8Array[]): number {
    if (this.#hasStreamData && this.#traffic.isMixedThere) return BULK_WINDOW_BYTES / 3;
    return this.#limits.windowBytes / (attachments.length > 0 || this.#hasStreamData ? 3 : 12);
  }

  readonly #deliver = (raw: unknown, attachments: readonly Uint8Array[]): boolean => {
    const frame = parseFrame(raw, attachments);
    if (frame === undefined) return false;
    if (frame.type === "data" || (isPart(frame) && frame.stream !== 0)) {
      this.#hasStreamData = true;
      this.#traffic.data();
    }
    return isPart(frame) ? this.#assemble(frame) : this.#host.deliver(frame);
  };

  #assemble(frame: PartFrame): boolean {
    // What comes for a stream that was let go here is not kept.
    if (frame.stream !== 0 && !this.#host.wantsParts(frame.stream)) return true;
    if (frame.type === "textPart") return this.#assembler.add(frame.stream, frame.text);
    if (frame.type === "binaryPart") return this.#assembler.add(frame.stream, frame.bytes);
    const whole = this.#assembler.finish(frame.stream, frame.lengths);
    return whole !== undefined && this.#host.deliver(whole);
  }
}
