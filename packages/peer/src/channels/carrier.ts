import { contentOf, type DataChannelEvent, type DataChannelLike, type DataChannelMarks } from "./data-channel.ts";

export interface CarrierHooks {
  readonly opened: () => void;
  readonly arrived: (packet: Uint8Array<ArrayBuffer> | string) => void;
  /** It can take more. */
  readonly writable: () => void;
  /** It is closed, or refused what it was given. */
  readonly lost: () => void;
}

/** One data channel for as long as it is used: never given more than its high-water mark. */
export class Carrier {
  readonly #channel: DataChannelLike;
  readonly #marks: DataChannelMarks;
  readonly #packetBytes: number;
  /** At most so many bytes lie in its buffer: what lay there when it was asked last, and what it was given since. */
  #bufferedAtMost = 0;
  readonly #listeners: readonly (readonly [DataChannelEvent, (event: Event) => void])[];

  constructor(channel: DataChannelLike, marks: DataChannelMarks, packetBytes: number, hooks: CarrierHooks) {
    this.#channel = channel;
    this.#marks = marks;
    this.#packetBytes = packetBytes;
    if ("binaryType" in channel) channel.binaryType = "arraybuffer";
    // Below the level at which this stops, else the event would not come.
    channel.bufferedAmountLowThreshold = Math.max(0, Math.min(marks.lowWaterBytes, marks.highWaterBytes - packetBytes));
    this.#listeners = [
      ["open", hooks.opened],
      [
        "message",
        (event) => {
          hooks.arrived(contentOf(event) ?? "");
        },
      ],
      ["bufferedamountlow", hooks.writable],
      ["close", hooks.lost],
    ];
    for (const [name, listener] of this.#listeners) channel.addEventListener(name, listener);
  }

  get isOpen(): boolean {
    return this.#channel.readyState === "open";
  }

  /** Is there room for a packet of any size? The data channel is asked only when there may be none: that can be a call into another thread. */
  get hasRoom(): boolean {
    const { highWaterBytes } = this.#marks;
    if (this.#bufferedAtMost + this.#packetBytes <= highWaterBytes) return true;
    const { bufferedAmount } = this.#channel;
    this.#bufferedAtMost = bufferedAmount;
    return bufferedAmount === 0 || bufferedAmount + this.#packetBytes <= highWaterBytes;
  }

  /** @returns false when it was refused. */
  send(packet: Uint8Array<ArrayBuffer> | string): boolean {
    try {
      // The interface has one form for texts and one for bytes, as the browsers' has.
      this.#channel.send(packet as string);
      this.#bufferedAtMost += typeof packet === "string" ? packet.length * 3 : packet.length;
      return true;
    } catch {
      return false;
    }
  }

  release(): void {
    for (const [name, listener] of this.#listeners) this.#channel.removeEventListener(name, listener);
  }

  close(): void {
    this.release();
    try {
      this.#channel.close();
    } catch {
      // It is closed already.
    }
  }
}
