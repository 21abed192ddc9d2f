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

/** What one client may still do. Kept while it is away, so that reconnecting refills nothing. */
export class Rates {
  readonly packets: Bucket;
  readonly bytes: Bucket;
  readonly fanout: Bucket;
  readonly controls: Bucket;
  readonly malformed: Bucket;

  constructor(specs: RateSpecs, now: number) {
    this.packets = new Bucket(specs.packets, now);
    this.bytes = new Bucket(specs.bytes, now);
    this.fanout = new Bucket(specs.fanout, now);
    this.controls = new Bucket(specs.controls, now);
    this.malformed = new Bucket(specs.malformed, now);
  }

  /** Charges a packet to a peer. */
  takePacket(bytes: number, now: number): boolean {
    const byCount = this.packets.take(1, now);
    return this.bytes.take(bytes, now) && byCount;
  }

  /** Charges a packet to a room of `receivers` others. */
  takeRoomPacket(bytes: number, receivers: number, now: number): boolean {
    const once = this.takePacket(bytes, now);
    return this.fanout.take(bytes * receivers, now) && once;
  }

  /** Charges a control request; the notices that earlier ones caused count as packets. */
  takeControl(now: number): boolean {
    return this.controls.take(1, now) && this.packets.hasAny(now) && this.bytes.hasAny(now);
  }

  /** May a sender that was refused go on? */
  haveRecovered(now: number): boolean {
    return this.packets.hasRecovered(now) && this.bytes.hasRecovered(now);
  }

  /** Did the client keep on sending long after it was told to stop? */
  areSunk(): boolean {
    return this.packets.isSunk() || this.bytes.isSunk() || this.fanout.isSunk() || this.controls.isSunk();
  }
}
