import type { AddressRow } from "./addresses.ts";
import { Bucket, type BucketSpec } from "./bucket.ts";
import type { RelayLimits } from "./limits.ts";

/** The buckets' specifications, shared by all clients of a relay. */
export interface RateSpecs {
  readonly packets: BucketSpec;
  readonly bytes: BucketSpec;
  readonly fanout: BucketSpec;
  readonly controls: BucketSpec;
  readonly malformed: BucketSpec;
}

/** Refusals before a client is not read: that many may be on their way when it is told the first time. Who sends little is refused no more often. */
const patience: BucketSpec = { perSecond: 16, burst: 16 };

/**
 * What a packet to nobody costs besides itself, in packets: looking for ids is no use of a relay. Its address pays more than its client, who may not know
 * yet that many have left.
 */
const vainPackets = 9;
const vainPacketsOfAddress = 49;

/** What refills within seconds. */
const steadyNames = ["packets", "bytes", "fanout", "controls"] as const;

/** The specifications that a relay's limits amount to. */
export function rateSpecs(limits: RelayLimits): RateSpecs {
  const steady = (perSecond: number): BucketSpec => ({ perSecond, burst: perSecond });
  return {
    packets: steady(limits.packetsPerSecond),
    bytes: steady(limits.bytesPerSecond),
    fanout: steady(limits.fanoutBytesPerSecond),
    controls: { perSecond: limits.controlsPerSecond, burst: limits.controlBurst },
    malformed: { perSecond: limits.malformedPerMinute / 60, burst: limits.malformedPerMinute },
  };
}

/** What one client may still do. Kept while it is away, so that reconnecting refills nothing. A bucket is made when it is first used. */
export class Rates {
  /** What all clients at its address may do together; undefined where that has no limits. */
  address: AddressRow | undefined;
  readonly #specs: RateSpecs;
  readonly #buckets: Partial<Record<keyof RateSpecs, Bucket>> = {};
  #patience: Bucket | undefined;

  constructor(specs: RateSpecs) {
    this.#specs = specs;
  }

  /** Charges a packet to a peer. `now` in milliseconds, here and below. */
  takePacket(bytes: number, now: number): boolean {
    const byCount = this.take("packets", 1, now);
    return this.take("bytes", bytes, now) && byCount;
  }

  /** Charges a packet to a room of `receivers` others. */
  takeRoomPacket(bytes: number, receivers: number, now: number): boolean {
    const once = this.takePacket(bytes, now);
    return this.take("fanout", bytes * receivers, now) && once;
  }

  /** Charges a control request; the notices that earlier ones caused count as packets. */
  takeControl(now: number): boolean {
    return this.take("controls", 1, now) && this.#bucket("packets", now).hasAny(now) && this.#bucket("bytes", now).hasAny(now);
  }

  /** Charges what a packet to nobody costs besides itself. */
  chargeVain(now: number): void {
    this.#bucket("packets", now).take(vainPackets, now);
    this.address?.take("packets", vainPacketsOfAddress, now);
  }

  take(name: keyof RateSpecs, amount: number, now: number): boolean {
    const granted = this.#bucket(name, now).take(amount, now);
    if (this.address === undefined || (name !== "packets" && name !== "controls")) return granted;
    return this.address.take(name, amount, now) && granted;
  }

  /** May a sender that was refused go on? */
  haveRecovered(now: number): boolean {
    if (this.address?.hasRecovered(now) === false) return false;
    return this.#bucket("packets", now).hasRecovered(now) && this.#bucket("bytes", now).hasRecovered(now);
  }

  /**
   * It was refused once more. Should it not be read for now? That is so when it has overdrawn what it may send by far, when it goes on after it was refused,
   * and when its address has overdrawn and it has its part in that: one that sends little is only refused.
   */
  mustPause(now: number): boolean {
    this.#patience ??= new Bucket(patience, now);
    const isPatient = this.#patience.takeIfAny(1, now);
    const buckets = steadyNames.map((name) => this.#buckets[name]);
    const isAddressOwing = this.address?.isOwing(now) === true;
    if (!isPatient && (isAddressOwing || buckets.some((bucket) => bucket?.isOwing(now) === true))) return true;
    return buckets.some((bucket) => bucket?.isDeep(now) === true || (isAddressOwing && bucket?.isHalfUsed(now) === true));
  }

  /** May it be read again? It waits a little longer than it must, so that it can send more than it is refused. */
  mayGoOn(now: number): boolean {
    return this.address?.isOwing(now) !== true && steadyNames.every((name) => this.#buckets[name]?.hasRecovered(now) !== false);
  }

  /** Did the client keep on sending long after it was told to stop? */
  areSunk(): boolean {
    return Object.values(this.#buckets).some((bucket) => bucket.isSunk());
  }

  #bucket(name: keyof RateSpecs, now: number): Bucket {
    return (this.#buckets[name] ??= new Bucket(this.#specs[name], now));
  }
}
