/** Version of the protocol of docs/protocol.md. Both ends must have the same. */
export const PROTOCOL_VERSION = 1;

/** The socket.io namespace a relay serves unless told otherwise. */
export const DEFAULT_NAMESPACE = "/peerloom";

/** Sizes both ends rely on; those a relay may choose are among its options instead. */
export const WIRE = {
  /** Bytes of a client id, room name, event name or channel. */
  maxNameBytes: 128,
  /** Frames are coalesced into one packet up to this many bytes; a frame larger than this travels in parts. */
  packetBytes: 65_536,
  /** Default for the largest packet a relay forwards, in bytes: a full packet, one full frame and escaping fit in it. */
  maxPacketBytes: 262_144,
  /** Attachments of one packet. socket.io's parser refuses more than 10. */
  maxAttachments: 8,
  /** Binaries up to this many bytes travel inside the text as base64: a packet without attachments is one WebSocket message. */
  inlineBytes: 1024,
  /** A packet's text of so many UTF-16 units or more may travel as bytes; in the lean form, where it is not escaped, of this many. */
  packedTextLength: 4096,
  packedLeanTextLength: 16_384,
  /** Default for the serialised size of metadata in bytes. */
  maxMetadataBytes: 4096,
  /** Ids in one `watch` or `unwatch` request. */
  maxWatchIds: 256,
  /** UTF-16 units of a service's version. */
  maxVersionLength: 64,
  /** Methods of a service that its provider marks as idempotent. */
  maxIdempotent: 64,
  /** Gaps of which one packet tells. */
  maxGaps: 16,
  /** Holes of one frame. */
  maxHoles: 4096,
  /** Levels of arrays and objects in an argument or an answer. */
  maxDepth: 128,
} as const;
