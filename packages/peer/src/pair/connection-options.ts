import type { PairMessage, StreamInfo } from "./control.ts";
import type { HeartbeatTimes } from "./heartbeat.ts";
import type { IceServerSource } from "./ice-servers.ts";

/** A description or candidates on their way through the driver: there is no control channel yet, or its path is lost. */
export type DriverMessage =
  | { readonly type: "offer"; readonly sdp: string }
  | { readonly type: "answer"; readonly sdp: string }
  | { readonly type: "candidate"; readonly candidates: readonly RTCIceCandidateInit[] };

/** What a connection needs of its owner, and tells it. None of these may throw. */
export interface ConnectionHooks {
  signal(message: DriverMessage): unknown;
  /** The control channel is made: others may be made too. */
  ready(): unknown;
  /** The control channel is open, or its path is back. */
  up(): unknown;
  /** The path is lost; it may come back. */
  down(): unknown;
  /** This connection is beyond help. */
  broken(): unknown;
  /** What is not for the connection itself. */
  control(message: PairMessage): unknown;
  /** Something malformed, or too much of something. */
  bad(what: string): unknown;
  channel(channel: RTCDataChannel): unknown;
  /** A track has come. */
  track(pc: RTCPeerConnection): unknown;
  /** Called in the queue of the connection's work: brings what this side sends up to date. Says whether that needs an offer, or only a new list. */
  arrangeMedia(pc: RTCPeerConnection): Promise<"offer" | "list" | "nothing">;
  /** What this side publishes now, with the `mid` of each track. */
  listMedia(): readonly StreamInfo[];
  /** Called in the same queue, once the descriptions that a list belongs to are in force. */
  takeMedia(pc: RTCPeerConnection, streams: readonly StreamInfo[]): unknown;
  error(error: unknown): unknown;
}

export interface ConnectionOptions {
  /** Made of `configuration`; it becomes the connection's own. */
  readonly pc: RTCPeerConnection;
  readonly configuration: RTCConfiguration;
  /** Asked before it begins, and before ICE restarts. */
  readonly iceServers?: IceServerSource | undefined;
  /** True on one side: it offers when it likes, and its offers stand when offers cross. */
  readonly isLeader: boolean;
  readonly heartbeat: HeartbeatTimes;
  readonly now: () => number;
  readonly hooks: ConnectionHooks;
}
