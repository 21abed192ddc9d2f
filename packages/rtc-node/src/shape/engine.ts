import type { Description } from "./description.ts";

/** What a data channel is made of; as in W3C's `RTCDataChannelInit`, with nothing left open. */
export interface ChannelSettings {
  readonly label: string;
  readonly ordered: boolean;
  readonly maxPacketLifeTime: number | null;
  readonly maxRetransmits: number | null;
  readonly protocol: string;
  readonly negotiated: boolean;
  /** Of a negotiated channel only; the others get theirs from the transport. */
  readonly id: number | null;
}

/** What an implementation's own data channel says. */
export interface ChannelEvents {
  opened(): void;
  received(data: string | ArrayBuffer): void;
  /** The buffer fell to the threshold that was set last. */
  low(): void;
  failed(message: string): void;
  closed(): void;
}

/** An implementation's own data channel, as far as ours needs it. */
export interface EngineChannel {
  readonly settings: ChannelSettings;
  id(): number | null;
  bufferedAmount(): number;
  setLowThreshold(bytes: number): void;
  send(data: string | Uint8Array): void;
  /** Called with nothing left to send. */
  close(): void;
}

/** What an implementation's own connection says. */
export interface EngineEvents {
  /** One of the four states may have changed. */
  changed(): void;
  /** `null` when there are no more. */
  candidate(candidate: RTCIceCandidateInit | null): void;
  /** The remote opened a channel. */
  channel(open: (events: ChannelEvents) => EngineChannel): void;
  track(event: object): void;
  /** Something changed that the remote has yet to be told. */
  negotiate(): void;
}

export interface EngineStates {
  readonly connection: RTCPeerConnectionState;
  readonly ice: RTCIceConnectionState;
  readonly gathering: RTCIceGatheringState;
  readonly signaling: RTCSignalingState;
}

/**
 * One implementation's connection behind ours. Descriptions and candidates come one at a time, so none is asked for while another
 * is being applied; nothing is called after `close`.
 */
export interface Engine {
  states(): EngineStates;
  localDescription(): Description | null;
  remoteDescription(): Description | null;
  createOffer(options?: RTCOfferOptions): Promise<Description>;
  createAnswer(): Promise<Description>;
  /** Without `sdp` it makes the description. Resolves when it stands; candidates are gathered after that. */
  setLocal(description: Description): Promise<void>;
  setRemote(description: Description): Promise<void>;
  addCandidate(candidate: RTCIceCandidateInit | null): Promise<void>;
  createChannel(settings: ChannelSettings, events: ChannelEvents): EngineChannel;
  /** Bytes of one message at most, once the remote has said it. */
  maxMessageBytes(): number | null;
  /** Whether what is to be negotiated is not in the descriptions yet. */
  needsNegotiation(): boolean;
  restartIce(): void;
  configure(configuration: RTCConfiguration): void;
  stats(selector?: object | null): Promise<RTCStatsReport>;
  close(): void;
  /** Absent when the implementation has none. */
  readonly media?: EngineMedia;
}

/** Tracks are the implementation's own objects and pass through. */
export interface EngineMedia {
  addTrack(track: object, streams: readonly object[]): object;
  removeTrack(sender: object): void;
  addTransceiver(trackOrKind: object | string, init?: object): object;
  senders(): readonly object[];
  receivers(): readonly object[];
  transceivers(): readonly object[];
}
