import { isIP, isIPv6, type BlockList } from "node:net";
import { addressGroup } from "./address-group.ts";
import { Bucket, type BucketSpec } from "./bucket.ts";
import type { RelayLimits } from "./limits.ts";

/** What is counted by address. */
type Rated = "accepts" | "handshakes" | "requests" | "packets" | "controls";
type Specs = Readonly<Record<Rated, BucketSpec>>;

/** Addresses that are known apart at once; all beyond share one row. */
const maxRows = 50_000;
/** What a connection that had to be cut costs besides its own handshake, in handshakes. */
const cutHandshakes = 4;
/** How often rows that say nothing any more are looked for, in milliseconds. */
const sweepMs = 5000;

/** The specifications that a relay's limits amount to. */
function specsOf(limits: RelayLimits): Specs {
  const [handshakes, requests] = [limits.handshakesPerSecondPerAddress, limits.requestsPerSecondPerAddress];
  return {
    // Nobody can do more with connections than begin with them what may begin; the others end before anything is read of them.
    accepts: { perSecond: handshakes + requests, burst: limits.handshakeBurstPerAddress + 5 * requests },
    handshakes: { perSecond: handshakes, burst: limits.handshakeBurstPerAddress },
    requests: { perSecond: requests, burst: 5 * requests },
    packets: { perSecond: limits.packetsPerSecondPerAddress, burst: limits.packetsPerSecondPerAddress },
    controls: { perSecond: limits.controlsPerSecondPerAddress, burst: 2 * limits.controlsPerSecondPerAddress },
  };
}

/** What comes from one address, or from one /64 of IPv6. */
export class AddressRow {
  /** TCP connections, and sessions over them, that are open now. */
  sockets = 0;
  sessions = 0;
  /** The last turn in which something came from there, and how much that was. */
  turn = 0;
  turnWeight = 0;
  readonly #specs: Specs;
  readonly #buckets: Partial<Record<Rated, Bucket>> = {};

  constructor(specs: Specs) {
    this.#specs = specs;
  }

  /**
   * Charges what a client sends, granted or not. @returns false when the address has to wait. `now` in milliseconds, here and below.
   */
  take(name: "packets" | "controls", amount: number, now: number): boolean {
    return this.#bucket(name, now).take(amount, now);
  }

  /** Charges what somebody wants to begin, if it is granted: a crowd that was refused and comes again must not lock itself out. */
  mayBegin(name: "accepts" | "handshakes" | "requests", now: number): boolean {
    return this.#bucket(name, now).takeIfAny(1, now);
  }

  /** A connection from there had to be cut: its next ones are expensive, so that what one may do at first cannot be done again and again. */
  blame(now: number): void {
    this.#bucket("handshakes", now).takeIfAny(cutHandshakes, now);
  }

  /** May its clients, which were refused, send again? */
  hasRecovered(now: number): boolean {
    return this.#buckets.packets?.hasRecovered(now) ?? true;
  }

  /** Have its clients together sent more than the address may? */
  isOwing(now: number): boolean {
    return this.#buckets.packets?.isOwing(now) === true || this.#buckets.controls?.isOwing(now) === true;
  }

  /** Do its clients together go on far over what the address may send? */
  isSunk(): boolean {
    return this.#buckets.packets?.isSunk() === true || this.#buckets.controls?.isSunk() === true;
  }

  #bucket(name: Rated, now: number): Bucket {
    return (this.#buckets[name] ??= new Bucket(this.#specs[name], now));
  }

  /** Would a new row say the same? */
  isFresh(now: number): boolean {
    return this.sockets === 0 && this.sessions === 0 && Object.values(this.#buckets).every((bucket) => bucket.isFull(now));
  }
}

/** What comes from where. A row is made when an address is first seen, and forgotten when nothing of it is left. */
export class Addresses {
  readonly #specs: Specs;
  readonly #exempt: BlockList;
  readonly #now: () => number;
  readonly #rows = new Map<string, AddressRow>();
  readonly #others: AddressRow;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: RelayLimits, exempt: BlockList, now: () => number) {
    this.#specs = specsOf(limits);
    this.#exempt = exempt;
    this.#now = now;
    this.#others = new AddressRow(this.#specs);
  }

  /** Rows that are kept now. */
  get size(): number {
    return this.#rows.size;
  }

  /** The row of an address; undefined for one that is exempt. */
  of(address: string): AddressRow | undefined {
    const version = isIP(address);
    if (version !== 0 && this.#exempt.check(address, isIPv6(address) ? "ipv6" : "ipv4")) return undefined;
    const group = addressGroup(address);
    const known = this.#rows.get(group);
    if (known !== undefined) return known;
    if (this.#rows.size >= maxRows) this.#sweep();
    if (this.#rows.size >= maxRows) return this.#others;
    const row = new AddressRow(this.#specs);
    this.#rows.set(group, row);
    this.#timer ??= setInterval(() => this.#sweep(), sweepMs).unref();
    return row;
  }

  clear(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#rows.clear();
  }

  #sweep(): void {
    const now = this.#now();
    for (const [group, row] of this.#rows) if (row.isFresh(now)) this.#rows.delete(group);
    if (this.#rows.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
