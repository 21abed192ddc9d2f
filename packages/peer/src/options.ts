import { PeerloomError, type RtcBackend } from "@peerloom/core";
import type { Driver, Identity } from "@peerloom/signaling";
import { browserBackend } from "./browser-backend.ts";
import type { ChannelLimits } from "./channels/index.ts";
import type { HeartbeatTimes } from "./pair/heartbeat.ts";
import type { IceServerSource } from "./pair/ice-servers.ts";
import type { LifeTimes } from "./pair/life.ts";

export interface PeerOptions {
  /** How peers find each other. Stays open when the peer leaves: whoever made it closes it. */
  readonly driver: Driver;
  /** This peer's id: 1–128 bytes without control characters. @defaultValue the identity's own id, or a random one */
  readonly id?: string;
  /** The WebRTC implementation. @defaultValue the browser's */
  readonly rtc?: RtcBackend;
  /**
   * STUN and TURN servers, or a function that is asked for them at each new connection and each ICE restart, so that its credentials may be
   * short-lived: `() => client.iceServers()`.
   */
  readonly iceServers?: readonly RTCIceServer[] | IceServerSource;
  /** @defaultValue "all" */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  /** Milliseconds for a pair to connect, 0 for as long as it takes. @defaultValue 15_000 */
  readonly connectTimeoutMs?: number;
  /** Milliseconds for a lost connection to come back, 0 for as long as it takes. @defaultValue 30_000 */
  readonly reconnectTimeoutMs?: number;
  /**
   * Milliseconds of silence after which a peer is asked whether it is there; without any sign of it for 3.2 times as long it is
   * disconnected. @defaultValue 1250
   */
  readonly heartbeatMs?: number;
  /** Peers at most; whoever comes then is turned away. @defaultValue 16 */
  readonly maxPeers?: number;
  /** Channels one remote peer may have open. @defaultValue 64 */
  readonly maxChannels?: number;
  /** What one channel takes and keeps at most. */
  readonly channelLimits?: ChannelLimits;
  /** Sign and seal signaling. @defaultValue true where the driver is shared with strangers */
  readonly isSealed?: boolean;
  /** The keys to sign with; keep them for an id that comes back. @defaultValue new ones for each peer that seals */
  readonly identity?: Identity;
  /** Take every stream that is published. @defaultValue true */
  readonly isSubscribed?: boolean;
  /** The time in milliseconds. @defaultValue performance.now */
  readonly now?: () => number;
}

/** `PeerOptions` with all defaults filled in. */
export interface Settings {
  readonly driver: Driver;
  readonly id: string | undefined;
  readonly rtc: RtcBackend;
  readonly configuration: RTCConfiguration;
  /** Asked before a connection begins, and before its ICE restarts. */
  readonly iceServers: IceServerSource | undefined;
  readonly life: LifeTimes;
  readonly heartbeat: HeartbeatTimes;
  readonly maxPeers: number;
  readonly maxChannels: number;
  readonly channelLimits: ChannelLimits | undefined;
  readonly isSealed: boolean;
  readonly identity: Identity | undefined;
  readonly isSubscribed: boolean;
  readonly now: () => number;
}

/** Checks and completes options. @throws TypeError, RangeError for wrong ones, PeerloomError `NO_WEBRTC` when there is no implementation. */
export function settle(options: PeerOptions): Settings {
  const { driver, iceServers = [], iceTransportPolicy = "all", heartbeatMs = 1250 } = options;
  if (typeof driver?.subscribe !== "function") throw new TypeError("a Peer needs a driver: memoryDriver(), natsDriver(…), …");
  const rtc = options.rtc ?? browserBackend();
  if (rtc === undefined)
    throw new PeerloomError("NO_WEBRTC", "this platform has no RTCPeerConnection: give one as `rtc`, from @peerloom/rtc-node for instance");
  const isSealed = options.isSealed ?? driver.isShared;
  return {
    driver,
    id: options.id,
    rtc,
    configuration: {
      bundlePolicy: "max-bundle",
      iceServers: typeof iceServers === "function" ? [] : copies(iceServers),
      iceTransportPolicy,
    },
    iceServers: typeof iceServers === "function" ? async () => copies(await iceServers()) : undefined,
    life: {
      connectTimeoutMs: duration(options.connectTimeoutMs ?? 15_000, "connectTimeoutMs"),
      reconnectTimeoutMs: duration(options.reconnectTimeoutMs ?? 30_000, "reconnectTimeoutMs"),
      restartMs: 3000,
      attemptMs: 5000,
      patienceMs: 1500,
    },
    heartbeat: { intervalMs: atLeast(heartbeatMs, 50, "heartbeatMs"), lostMs: heartbeatMs * 3.2 },
    maxPeers: atLeast(options.maxPeers ?? 16, 1, "maxPeers"),
    maxChannels: atLeast(options.maxChannels ?? 64, 1, "maxChannels"),
    channelLimits: options.channelLimits,
    isSealed,
    identity: options.identity,
    isSubscribed: options.isSubscribed ?? true,
    now: options.now ?? (() => performance.now()),
  };
}

function copies(iceServers: readonly RTCIceServer[]): RTCIceServer[] {
  return iceServers.map((server) => ({ ...server }));
}

function duration(value: number, what: string): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new RangeError(`${what} must be a number of milliseconds from 0 on, not ${String(value)}`);
}

function atLeast(value: number, min: number, what: string): number {
  if (typeof value === "number" && value >= min) return value;
  throw new RangeError(`${what} must be a number from ${min} on, not ${String(value)}`);
}
