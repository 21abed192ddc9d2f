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

/** Refusals after which a client that is in debt is not read: that many may be on their way when it is told the first time. */
const patience = 16;

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
  /** Refusals since it last could go on. */
  #refusals = 0;

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

  take(name: keyof RateSpecs, amount: number, now: number): boolean {
    const granted = this.#bucket(name, now).take(amount, now);
    if (this.address === undefined || (name !== "packets" && name !== "controls")) return granted;
    return this.address.take(name, amount, now) && granted;
  }

  /** May a sender that was refused go on? */
  haveRecovered(now: number): boolean {
    if (this.address?.hasRecovered(now) === false) return false;
    const may = this.#bucket("packets", now).hasRecovered(now) && this.#bucket("bytes", now).hasRecovered(now);
    if (may) this.#refusals = 0;
    return may;
  }

  /**
   * Was refused once more. Should it not be read for now? That is so when it has overdrawn what it may send by far or goes on after it was refused, or when
   * its address has overdrawn, and it has its part in that: one that sends little is only refused.
   */
  mustPause(now: number): boolean {
    this.#refusals += 1;
    const buckets = steadyNames.map((name) => this.#buckets[name]);
    if (buckets.some((bucket) => bucket?.isDeep(now) === true)) return true;
    if (this.#refusals >= patience && buckets.some((bucket) => bucket?.isOwing(now) === true)) return true;
    return this.address?.isOwing(now) === true && buckets.some((bucket) => bucket?.isHalfUsed(now) === true);
  }

  /** May it be read again? It waits a little longer than it must, so that it can send more than it is refused. */
  mayGoOn(now: number): boolean {
    if (this.address?.isOwing(now) === true || steadyNames.some((name) => this.#buckets[name]?.hasRecovered(now) === false)) return false;
    this.#refusals = 0;
    return true;
  }

  /** Did the client keep on sending long after it was told to stop? */
  areSunk(): boolean {
    return Object.values(this.#buckets).some((bucket) => bucket.isSunk());
  }

  #bucket(name: keyof RateSpecs, now: number): Bucket {
    return (this.#buckets[name] ??= new Bucket(this.#specs[name], now));
  }
}
