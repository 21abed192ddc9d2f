import { randomInt } from "node:crypto";
import type { Frame } from "./webm.ts";

const maxPayloadBytes = 1180;
const rates = { audio: 48_000, video: 90_000 };
/** Sender and receiver agree on the type of payload by the track's codec, which werift writes over this one. */
const payloadType = 96;

/** Turns the frames of one track into RTP packets: VP8 as RFC 7741 has it, Opus as RFC 7587. */
export class Packetizer {
  #sequence: number = randomInt(0x10000);
  readonly #firstTimestamp: number = randomInt(0x7fffffff);
  readonly #source: number = randomInt(1, 0xffffffff);

  /** @param atMs milliseconds from the beginning, growing */
  packets({ kind, data }: Frame, atMs: number): readonly Buffer[] {
    const timestamp = (this.#firstTimestamp + Math.round((atMs * rates[kind]) / 1000)) >>> 0;
    const payloads = kind === "audio" ? [Buffer.from(data)] : vp8Payloads(data);
    return payloads.map((payload, index) => this.#packet(payload, timestamp, kind === "audio" || index === payloads.length - 1));
  }

  #packet(payload: Buffer, timestamp: number, isLast: boolean): Buffer {
    const head = Buffer.alloc(12);
    head[0] = 0x80;
    head[1] = payloadType | (isLast ? 0x80 : 0);
    head.writeUInt16BE(this.#sequence, 2);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    head.writeUInt32BE(timestamp, 4);
    head.writeUInt32BE(this.#source, 8);
    return Buffer.concat([head, payload]);
  }
}

/** Each part begins with a byte that says whether it is the first. */
function vp8Payloads(frame: Uint8Array): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < frame.length; at += maxPayloadBytes) {
    parts.push(Buffer.concat([Buffer.from([at === 0 ? 0x10 : 0]), frame.subarray(at, at + maxPayloadBytes)]));
  }
  return parts;
}
