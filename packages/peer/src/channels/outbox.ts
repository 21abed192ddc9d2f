import type { Defer } from "@peerloom/core";
import { BufferPool } from "./buffer-pool.ts";
import type { Carrier } from "./carrier.ts";
import { LanesOut } from "./lanes-out.ts";
import { FRAME_OVERHEAD_BYTES, Packer } from "./packer.ts";
import { ackPacket, type Parcel } from "./packet.ts";
import { SendLog } from "./send-log.ts";
import type { SoleText } from "./text-packet.ts";
import { DATA_HEADER_BYTES, FLAG, LOOSE_HEADER_BYTES, PACKET, WIRE_LIMITS } from "./wire.ts";

/** A packet that crosses a real network in one piece; more of an unreliable channel's messages are not put together. */
const LOOSE_BYTES = 1_100;
/** Packets after which an acknowledgement is asked for, whatever their size. */
const ASK_PACKETS = 1_024;
const URGENT_BYTES = 8_192;
const nobody: readonly (() => void)[] = [];
/** Buffers that are kept for what comes: as many as are under way at most, unless limits are set higher. Fewer would be made anew each time. */
const POOLED = 144;

export interface OutboxOptions {
  readonly isReliable: boolean;
  readonly packetBytes: number;
  readonly maxUnackedBytes: number;
  readonly defer: Defer;
  /** Everything up to this packet has come; from now on that is acknowledged. */
  readonly acknowledged: () => number;
  /** Called before a packet is made, to bring what may follow. */
  readonly advance: () => void;
  /** Does something wait that `advance` may bring? */
  readonly isLineWaiting: () => boolean;
  /** Packets have gone out. */
  readonly moved: () => void;
  /** The data channel did not take a packet. */
  readonly refused: () => void;
}

/** Makes packets of frames and gives them to the data channel: at once after silence, else at the end of the turn, and never too many. */
export class Outbox {
  readonly packer: Packer;
  /** Frames that go before all others, whatever is under way: no acknowledgement overtakes them. */
  readonly urgent: Packer;
  readonly lanes: LanesOut;
  readonly log: SendLog;
  readonly #pool: BufferPool;
  readonly #options: OutboxOptions;
  #carrier: Carrier | undefined;
  /** After the other side's greeting, or on a first data channel. */
  #isGoing = false;
  /** Something was sent in this turn: what follows is gathered until its end. */
  #isHot = false;
  #isTurnAwaited = false;
  #isHeld = false;
  #isPumping = false;
  #isOpenToo = false;
  #isLanesTurn = false;
  #isAckOwed = false;
  /** Surely nothing waits. One look at this instead of one at each place where something may. */
  #isEmpty = false;
  #unaskedBytes = 0;
  #unaskedCount = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { isReliable, packetBytes } = options;
    this.#pool = new BufferPool(Math.max(packetBytes, WIRE_LIMITS.packetBytes), POOLED);
    const pool = this.#pool;
    this.log = new SendLog(pool);
    this.urgent = new Packer(pool, URGENT_BYTES, DATA_HEADER_BYTES, URGENT_BYTES, false);
    this.packer = isReliable
      ? new Packer(pool, packetBytes, DATA_HEADER_BYTES, packetBytes, true)
      : new Packer(pool, packetBytes, LOOSE_HEADER_BYTES, Math.min(LOOSE_BYTES, packetBytes), false);
    this.lanes = new LanesOut(pool, packetBytes);
  }

  /** Bytes that wait for the data channel, or in it for the other side. */
  get bytes(): number {
    return this.packer.bytes + this.urgent.bytes + this.lanes.bytes;
  }

  get isIdle(): boolean {
    return this.packer.bytes === 0 && this.urgent.bytes === 0 && this.lanes.count === 0 && this.log.count === 0;
  }

  /** Gives packets to this data channel from `go` on. What was not acknowledged goes out again. */
  attach(carrier: Carrier): void {
    this.#carrier = carrier;
    this.#isGoing = false;
    this.#isEmpty = false;
    this.log.rewind();
  }

  /** Lets packets be larger from now on. */
  widen(packetBytes: number): void {
    if (packetBytes <= this.lanes.packetBytes || !this.#options.isReliable) return;
    this.packer.widen(packetBytes);
    this.lanes.packetBytes = packetBytes;
  }

  detach(): void {
    this.#carrier = undefined;
    this.#isGoing = false;
  }

  go(): void {
    this.#isGoing = true;
    this.pump(true);
  }

  /**
   * Something was written. What follows silence, or something that came, goes out at once; what follows that is gathered until the end
   * of the turn. A message that stays alone costs no turn.
   */
  written(): void {
    this.#isEmpty = false;
    if (this.#isHeld) return;
    if (!this.#isHot) {
      this.#isHot = true;
      this.pump(true);
      return;
    }
    if (!this.#isTurnAwaited) {
      this.#isTurnAwaited = true;
      this.#options.defer(this.#turnEnds);
    }
    if (this.packer.fullCount > 0) this.pump(false);
  }

  /**
   * Sends a short text at once if it is alone: nothing waits, and it follows silence. The way of most messages of those who talk in turn,
   * and for them the shortest.
   *
   * @returns false when it has to go the way of all others.
   */
  sendAlone(text: SoleText): boolean {
    const carrier = this.#carrier;
    if (!this.#isEmpty || this.#isHot || this.#isHeld || this.#isPumping || carrier === undefined || !this.#isGoing) return false;
    if (!this.#options.isReliable) return false;
    if (this.log.bytes >= this.#options.maxUnackedBytes || !carrier.hasRoom) return false;
    this.#isHot = true;
    const parcel: Parcel = { content: text, size: text.text.length + FRAME_OVERHEAD_BYTES, flags: 0, done: nobody };
    if (!this.#send(carrier, parcel, true)) this.#options.refused();
    return true;
  }

  /** Something came: what is written now follows that. */
  turn(): void {
    this.#isHot = false;
  }

  /** Gathers what is written until `resume`. */
  hold(): void {
    this.#isHeld = true;
  }

  resume(): void {
    this.#isHeld = false;
    // Each packet comes in a turn of its own.
    this.#isHot = false;
    this.pump(true);
  }

  /** An acknowledgement is due: with what goes out next, or alone if nothing does. */
  oweAck(): void {
    this.#isAckOwed = true;
    if (!this.#isHeld) this.#sendAck();
  }

  /** Sends as much as may be sent; without `isOpenToo` full packets only. */
  pump(isOpenToo: boolean): void {
    this.#isOpenToo ||= isOpenToo;
    // What is called from here may write, and come here again: the loop below sees to that, too.
    if (this.#isPumping) return;
    this.#isPumping = true;
    const outcome = this.#drain();
    this.#isPumping = false;
    this.#isOpenToo = false;
    if (outcome === "refused") return this.#options.refused();
    this.#sendAck();
    if (outcome === "moved") this.#options.moved();
  }

  clear(): void {
    this.detach();
    this.packer.clear();
    this.urgent.clear();
    this.log.clear();
    this.#pool.clear();
  }

  #drain(): "moved" | "idle" | "refused" {
    let outcome: "moved" | "idle" = "idle";
    // What there is to send is asked first: to ask the data channel can be a call into another thread's memory.
    while (this.#isGoing && this.#hasWork && this.#carrier?.hasRoom === true) {
      const again = this.log.again();
      const parcel = again ?? this.#next();
      if (parcel === undefined) break;
      if (!this.#send(this.#carrier, parcel, again === undefined)) return "refused";
      outcome = "moved";
    }
    this.#isEmpty = this.packer.bytes === 0 && this.lanes.count === 0 && this.urgent.bytes === 0 && this.log.againCount === 0;
    return outcome;
  }

  get #hasWork(): boolean {
    if (this.log.againCount > 0 || this.urgent.bytes > 0 || this.lanes.count > 0 || this.packer.fullCount > 0) return true;
    return (this.#isOpenToo && this.packer.bytes > 0) || this.#options.isLineWaiting();
  }

  readonly #turnEnds = (): void => {
    this.#isTurnAwaited = false;
    this.#isHot = false;
    this.pump(true);
  };

  #next(): Parcel | undefined {
    const urgent = this.urgent.take(true);
    if (urgent !== undefined) return urgent;
    if (this.log.bytes >= this.#options.maxUnackedBytes) return undefined;
    this.#options.advance();
    const parcel = this.#isLanesTurn ? (this.#large() ?? this.#small()) : (this.#small() ?? this.#large());
    if (parcel !== undefined) this.#isLanesTurn = (parcel.flags & FLAG.lanes) === 0;
    return parcel;
  }

  #small(): Parcel | undefined {
    return this.packer.take(this.#isOpenToo);
  }

  #large(): Parcel | undefined {
    return this.lanes.count === 0 ? undefined : this.lanes.take(this.#options.advance);
  }

  #send(carrier: Carrier, parcel: Parcel, isNew: boolean): boolean {
    if (!this.#options.isReliable) {
      const { content } = parcel;
      if (!(content instanceof Uint8Array)) return true;
      content[0] = PACKET.loose;
      const isTaken = carrier.send(content);
      if (isTaken) for (const done of parcel.done) done();
      return isTaken;
    }
    if (isNew) this.log.add(parcel);
    this.#ask(parcel);
    this.#isAckOwed = false;
    return carrier.send(this.log.give(parcel, this.#options.acknowledged()));
  }

  /** Asks for an acknowledgement where the sender waits for one: a part of what may be under way has gone, or somebody awaits the last packet. */
  #ask(parcel: Parcel): void {
    this.#unaskedBytes += parcel.size;
    this.#unaskedCount += 1;
    const isLast = parcel.done.length > 0 && this.packer.bytes === 0 && !this.lanes.isReady;
    if (isLast || this.#unaskedBytes * 4 >= this.#options.maxUnackedBytes || this.#unaskedCount >= ASK_PACKETS) {
      parcel.flags |= FLAG.ackNow;
      this.#unaskedBytes = 0;
      this.#unaskedCount = 0;
    }
  }

  #sendAck(): void {
    if (!this.#isAckOwed || this.urgent.bytes > 0 || !this.#isGoing || this.#carrier?.hasRoom !== true) return;
    this.#isAckOwed = false;
    this.#carrier.send(ackPacket(this.#options.acknowledged()));
  }
}
