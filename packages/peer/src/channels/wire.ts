/** Version of the framing; docs/peer.md, "Channels". */
export const CHANNEL_VERSION = 1;

/** The first byte of a packet: one message of the data channel. */
export const PACKET = { hello: 1, data: 2, ack: 3, bye: 4, loose: 5 } as const;

/** Flags of a data packet. */
export const FLAG = {
  /** The receiver should acknowledge at once. */
  ackNow: 1,
  /** It carries frames of lanes: on an unordered channel they wait for the packets before it. */
  lanes: 2,
} as const;

/** Bytes before the frames: type, flags, number, acknowledgement. */
export const DATA_HEADER_BYTES = 14;
/** Bytes before the frames of a packet that is not numbered. */
export const LOOSE_HEADER_BYTES = 1;
export const HELLO_BYTES = 16;
export const ACK_BYTES = 7;

/** How a value is written; the low bits of the kinds that carry one. */
export const VALUE = { text: 0, json: 1, bytes: 2, mixed: 3, blob: 4 } as const;
export type ValueType = (typeof VALUE)[keyof typeof VALUE];

/** Kinds of frames. The first three are added to a value's type. */
export const FRAME = {
  message: 0x10,
  request: 0x20,
  response: 0x30,
  failure: 0x40,
  cancel: 0x41,
  open: 0x50,
  chunk: 0x51,
  end: 0x52,
  abort: 0x53,
  stop: 0x54,
  credit: 0x55,
} as const;

/** What a lane carries beside the frames that carry a value. */
export const LANE = { file: 0x60, stream: 0x61 } as const;

/** Sizes both sides rely on. */
export const WIRE_LIMITS = {
  /** Bytes of a packet at most, if the data channel stands as many: one of 64 KiB travels whole. */
  packetBytes: 66_560,
  /** The same before there is a data channel: what every one takes. */
  firstPacketBytes: 65_536,
  /** Lanes under way in one direction. */
  maxLanes: 64,
  /** Bytes of a file or a stream that may be under way before the receiver gives more. */
  windowBytes: 4_194_304,
  /** Numbered packets that may be under way. */
  maxPackets: 65_536,
  /** Bytes of a file's or stream's own description. */
  maxMetadataBytes: 16_384,
} as const;
