/** What one side may ask of the other; both rely on these. */
export const CONTROL = {
  /** UTF-16 units of one message on the control channel at most. */
  maxLength: 524_288,
  /** UTF-16 units of one piece of it at most: fits every backend even when each unit is three bytes. */
  pieceLength: 15_000,
  /** Bytes that wait for the other side to take them, above which the connection is given up. */
  maxBufferedBytes: 8_388_608,
  /** UTF-16 units of a description at most. */
  maxSdpLength: 393_216,
  /** Streams one side may publish to the other. */
  maxStreams: 64,
  /** Tracks of one stream. */
  maxTracks: 16,
  /** Names in a list of what is not wanted. */
  maxUnwanted: 256,
  /** Serialised bytes of metadata of a stream or a channel. */
  maxMetadataBytes: 4096,
  /** Messages about descriptions and media that wait for their turn. */
  maxWaiting: 256,
  /** Candidates that wait for their description. */
  maxCandidates: 128,
} as const;
