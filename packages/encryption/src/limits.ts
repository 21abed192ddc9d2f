/** Sizes, counts and delays of encryption. */
export const LIMITS = {
  /** Bytes that wait to be sealed or sent to one peer by one path; above it `send` answers false until half of it is left. */
  outBytes: 524_288,
  /** The same for all peers together. */
  allOutBytes: 33_554_432,
  /** Bytes of one peer that wait to be opened; what comes above it is dropped, and the session asks for it again. */
  inBytes: 4_194_304,
  /** The same for all peers together. */
  allInBytes: 67_108_864,
  /** Messages about keys of one peer that wait to be read. */
  maxWaitingMessages: 16,
  /** Peers without a session whose keys are kept. */
  maxStrangers: 1024,
  /** Keys of a peer whose session has ended are forgotten after this, in milliseconds. */
  lingerMs: 5000,
  /** The second try of a hello comes after this, the others after twice as long each, up to `maxRetryMs`. */
  retryMs: 500,
  maxRetryMs: 4000,
  /** Answers to what cannot be opened go to one peer no more often than this, in milliseconds. */
  replyMs: 100,
  /** When nothing of a peer could be opened for so long, though something came, its session ends with `FORGED`. */
  forgedMs: 10_000,
  /** Packets sealed, or milliseconds, after which a pair agrees on new keys. */
  renewPackets: 4_194_304,
  renewMs: 3_600_000,
} as const;
