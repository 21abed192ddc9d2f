import { PeerloomError } from "@peerloom/core";
import { checkMetadata, checkName, metadataBytes, type Metadata } from "@peerloom/protocol";
import { CONTROL } from "./limits.ts";
import type { ChannelInfo } from "./pair/control.ts";

/** How a channel is opened: as `RTCDataChannelInit`, and with metadata. */
export interface OpenOptions {
  /** @defaultValue "default" */
  readonly label?: string;
  /** A JSON value of at most 4096 bytes that the other side sees. */
  readonly metadata?: Metadata;
  /** False lets messages overtake each other. @defaultValue true */
  readonly ordered?: boolean;
  /** Sends again at most so often; makes the channel unreliable. Not together with `maxPacketLifeTime`. */
  readonly maxRetransmits?: number;
  /** Milliseconds in which it is tried to send again; makes the channel unreliable. */
  readonly maxPacketLifeTime?: number;
  /** The subprotocol's name. */
  readonly protocol?: string;
}

/** What is said of a channel to the other side, without its id. */
export type ChannelWish = Omit<ChannelInfo, "id">;

/** Checks what the application gives. @throws TypeError, RangeError for wrong options, PeerloomError `TOO_LARGE`. */
export function toChannelInfo(options: OpenOptions | string): ChannelWish {
  const {
    label = "default",
    metadata,
    ordered,
    maxRetransmits,
    maxPacketLifeTime,
    protocol,
  } = typeof options === "string" ? { label: options } : options;
  checkName(label, "a channel's label");
  if (metadataBytes(checkMetadata(metadata)) > CONTROL.maxMetadataBytes)
    throw new PeerloomError("TOO_LARGE", `metadata of ${metadataBytes(metadata)} bytes is more than ${CONTROL.maxMetadataBytes}`);
  if (maxRetransmits !== undefined && maxPacketLifeTime !== undefined)
    throw new TypeError("a channel has either maxRetransmits or maxPacketLifeTime, not both");
  if (protocol !== undefined && (typeof protocol !== "string" || protocol.length > 256))
    throw new TypeError("a channel's protocol must be a string of at most 256 characters");
  return {
    label,
    ...(metadata === undefined ? {} : { metadata }),
    ...(ordered === undefined ? {} : { ordered: ordered === true }),
    ...(maxRetransmits === undefined ? {} : { maxRetransmits: u16(maxRetransmits, "maxRetransmits") }),
    ...(maxPacketLifeTime === undefined ? {} : { maxPacketLifeTime: u16(maxPacketLifeTime, "maxPacketLifeTime") }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

function u16(value: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new RangeError(`${what} must be a whole number from 0 to 65535, not ${String(value)}`);
}
