import { WIRE, type EncodedFrame } from "@peerloom/protocol";

/** Buffers that are kept to be used again: what may be under way. */
const maxKept = 24;

/**
 * Copies the binaries of frames: whoever wrote a value may change it as soon as the write was taken, but the frame may have to be
 * sent long after that, and again. The large ones are copied into the same few buffers again and again, because a new one for
 * each would make the collector of garbage the slowest part of a stream.
 */
export class Copies {
  #kept: Uint8Array[] = [];

  /** The frame with binaries of its own; call `release` when the peer has it. Until then nobody may, afterwards nobody does read it. */
  take({ text, parts }: EncodedFrame): { readonly frame: EncodedFrame; readonly release: (() => void) | undefined } {
    const [part] = parts;
    const isLarge = parts.length === 1 && part !== undefined && part.length <= WIRE.packetBytes && part.length * 4 > WIRE.packetBytes;
    if (!isLarge) return { frame: { text, parts: parts.map((bytes) => new Uint8Array(bytes)) }, release: undefined };
    const buffer = this.#kept.pop() ?? new Uint8Array(WIRE.packetBytes);
    buffer.set(part);
    return { frame: { text, parts: [buffer.subarray(0, part.length)] }, release: () => this.#keep(buffer) };
  }

  /** Lets go of the buffers that are kept. */
  clear(): void {
    this.#kept = [];
  }

  #keep(buffer: Uint8Array): void {
    if (this.#kept.length < maxKept) this.#kept.push(buffer);
  }
}
