interface Backend {
  readonly RTCPeerConnection: typeof RTCPeerConnection;
}

/** A backend whose connections a test can break as an ended program or a cut cable does: without a word. Runs in pages, too. */
export class BreakableRtc<B extends Backend> {
  readonly rtc: B;
  /** All that were made and not broken. */
  readonly made: RTCPeerConnection[] = [];

  constructor(rtc: B) {
    const { made } = this;
    class Connection extends rtc.RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        made.push(this);
      }
    }
    this.rtc = { ...rtc, RTCPeerConnection: Connection };
  }

  /** Closes every connection there is. */
  breakAll(): void {
    for (const connection of this.made.splice(0)) connection.close();
  }
}
