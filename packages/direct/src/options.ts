import { PeerloomError, type RtcBackend } from "@peerloom/core";
import { browserBackend, type HeartbeatTimes } from "@peerloom/peer/link";
import type { LifeTimes } from "./life.ts";

/**
 * When this client makes a direct path by itself. `auto`: after both sides have spoken, or 64 KiB have passed. `eager`: as soon as there is a
 * session. `manual`: when `remote.goDirect()` asks. `never`: not at all, and others are refused. But for `never` it takes part when the other
 * side asks.
 */
export type DirectPolicy = "auto" | "eager" | "manual" | "never";

export interface DirectOptions {
  /** The implementation of WebRTC, from `@peerloom/rtc-node` for instance. @defaultValue the platform's own */
  readonly rtc?: RtcBackend;
  /** STUN and TURN servers; a function is called for each link, so that credentials may be short-lived. @defaultValue those that the relay gives */
  readonly iceServers?: readonly RTCIceServer[] | (() => readonly RTCIceServer[] | Promise<readonly RTCIceServer[]>);
  /** `relay`: by TURN servers only. @defaultValue "all" */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  /** @defaultValue "auto" */
  readonly policy?: DirectPolicy;
  /**
   * May this client have a direct path that it asks for? Whoever has one learns this side's network addresses. What it throws is a no.
   *
   * @defaultValue everyone who may talk with this client
   */
  readonly accepts?: (id: string) => boolean;
  /** Direct paths at once: the one used least goes back to the relay when another peer has more to say. @defaultValue 16 */
  readonly maxPeers?: number;
  /** Silence in milliseconds after which the other side is asked for a sign of life; after four times as much the path is lost. @defaultValue 500 */
  readonly heartbeatMs?: number;
  /** Milliseconds to the first retry; each failure in a row doubles it. A random half is taken off. @defaultValue 1000 */
  readonly retryMinMs?: number;
  /** The longest time between retries. @defaultValue 60000 */
  readonly retryMaxMs?: number;
}

/** Options with their defaults. */
export interface DirectSettings {
  readonly rtc: RtcBackend;
  /** Undefined: the relay's. */
  readonly iceServers: (() => Promise<readonly RTCIceServer[]>) | undefined;
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  readonly policy: DirectPolicy;
  readonly accepts: (id: string) => boolean;
  readonly maxPeers: number;
  readonly heartbeat: HeartbeatTimes;
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  readonly times: LifeTimes;
}

const policies: readonly DirectPolicy[] = ["auto", "eager", "manual", "never"];

/** @throws TypeError, RangeError for wrong options, PeerloomError `NO_WEBRTC` when there is no implementation. */
export function checkDirectOptions(options: DirectOptions): DirectSettings {
  const { policy = "auto", iceServers, iceTransportPolicy = "all", heartbeatMs = 500, accepts = () => true } = options;
  const rtc = options.rtc ?? browserBackend();
  if (rtc === undefined)
    throw new PeerloomError("NO_WEBRTC", "this platform has no RTCPeerConnection: give one as `rtc`, from @peerloom/rtc-node for instance");
  if (!policies.includes(policy)) throw new TypeError(`policy must be one of ${policies.join(", ")}, not ${String(policy)}`);
  if (typeof accepts !== "function") throw new TypeError(`accepts must be a function, not ${typeof accepts}`);
  const retryMinMs = atLeast(options.retryMinMs ?? 1000, 1, "retryMinMs");
  return {
    rtc,
    iceServers: iceServers && (async () => (typeof iceServers === "function" ? iceServers() : iceServers)),
    iceTransportPolicy,
    policy,
    accepts,
    maxPeers: atLeast(options.maxPeers ?? 16, 1, "maxPeers"),
    heartbeat: { intervalMs: atLeast(heartbeatMs, 50, "heartbeatMs"), lostMs: heartbeatMs * 4 },
    retryMinMs,
    retryMaxMs: atLeast(options.retryMaxMs ?? 60_000, retryMinMs, "retryMaxMs"),
    times: { askMs: 10_000, connectMs: 10_000, patienceMs: 1000, restartMs: 4000 },
  };
}

function atLeast(value: number, least: number, name: string): number {
  if (typeof value === "number" && value >= least) return value;
  throw new RangeError(`${name} must be a number from ${least} on, not ${String(value)}`);
}
