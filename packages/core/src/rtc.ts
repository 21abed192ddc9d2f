/**
 * An implementation of WebRTC and what its data channels stand. Measured: an implementation that is given more to buffer than fits it
 * loses up to two hundred times of its rate, so these marks belong to the backend and not to a constant.
 */
export interface RtcBackend {
  /** For messages and statistics: `browser`, `werift`, … */
  readonly name: string;
  /** A constructor of the form of W3C's `RTCPeerConnection`. */
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  readonly channel: {
    /** Bytes a data channel is given to buffer at most. */
    readonly highWaterBytes: number;
    /** Bytes in its buffer below which it is given more. */
    readonly lowWaterBytes: number;
    /** Bytes of one message of a data channel at most, unless the two sides have negotiated less. */
    readonly maxMessageBytes: number;
  };
}
