import type { RtcBackend } from "@peerloom/core";

/** Two connections that found each other over candidates handed across, and a data channel between them. */
export interface Connected {
  readonly channels: readonly [RTCDataChannel, RTCDataChannel];
  /** Another data channel of the same connections. */
  readonly another: (settings?: RTCDataChannelInit) => Promise<readonly [RTCDataChannel, RTCDataChannel]>;
  readonly close: () => void;
}

let lastId = 0;

/** Connects two peers of these backends over loopback. */
export async function connected(left: RtcBackend, right: RtcBackend, settings: RTCDataChannelInit = {}): Promise<Connected> {
  const near = new left.RTCPeerConnection();
  const far = new right.RTCPeerConnection();
  near.onicecandidate = ({ candidate }) => void (candidate && far.addIceCandidate(candidate));
  far.onicecandidate = ({ candidate }) => void (candidate && near.addIceCandidate(candidate));
  const another = async (init: RTCDataChannelInit = {}): Promise<readonly [RTCDataChannel, RTCDataChannel]> => {
    lastId += 1;
    const pair = [near, far].map((peer) => peer.createDataChannel("test", { ...init, negotiated: true, id: lastId % 100 })) as [
      RTCDataChannel,
      RTCDataChannel,
    ];
    if (near.connectionState === "new") await negotiate(near, far);
    await Promise.all(pair.map(open));
    return pair;
  };
  const channels = await another(settings);
  return { channels, another, close: () => [near, far].forEach((peer) => peer.close()) };
}

async function negotiate(near: RTCPeerConnection, far: RTCPeerConnection): Promise<void> {
  await near.setLocalDescription();
  await far.setRemoteDescription(descriptionOf(near));
  await far.setLocalDescription();
  await near.setRemoteDescription(descriptionOf(far));
}

function descriptionOf({ localDescription }: RTCPeerConnection): RTCSessionDescription {
  if (localDescription === null) throw new Error("no description");
  return localDescription;
}

function open(channel: RTCDataChannel): Promise<void> {
  return new Promise((resolve) => {
    if (channel.readyState === "open") resolve();
    else channel.addEventListener("open", () => resolve(), { once: true });
  });
}
