/** Sizes of signaling both sides rely on. */
export const SIGNAL = {
  /** Bytes of one message on a driver at most, its head, its seal and its signature among them. */
  maxBytes: 131_072,
  /** Bytes of a message's head at most. */
  maxHeadBytes: 4096,
  /** UTF-16 units of a description's SDP at most. */
  maxSdpLength: 65_536,
  /** Serialised bytes of metadata at most. */
  maxMetadataBytes: 4096,
  /** Candidates of one message at most. */
  maxCandidates: 64,
  /** UTF-16 units of one candidate at most. */
  maxCandidateLength: 1024,
  /** UTF-16 units of a refusal's code and of its message at most. */
  maxCodeLength: 64,
  maxMessageLength: 1024,
} as const;
