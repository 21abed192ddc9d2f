import { PeerloomError, toWireError, type Defer, type WireError } from "@peerloom/core";
import { parseJson, parseWireError } from "@peerloom/protocol";
import { ByteReader } from "./byte-reader.ts";
import { Carrier } from "./carrier.ts";
import type { DataChannelLike, DataChannelMarks } from "./data-channel.ts";
import { Outbox } from "./outbox.ts";
import { packetBytesOf } from "./packet-bytes.ts";
import { byePacket, helloPacket, parseHead, type PacketHead } from "./packet.ts";
import { ReceiveLog } from "./receive-log.ts";
import { parseTextPacket, type SoleText, type TextHead } from "./text-packet.ts";
import { DATA_HEADER_BYTES, FLAG, LOOSE_HEADER_BYTES, WIRE_LIMITS } from "./wire.ts";

/** Milliseconds after which what nobody asked to be acknowledged is acknowledged. */
const ACK_DELAY_MS = 200;

export interface PipeOptions {
  readonly isReliable: boolean;
  readonly isOrdered: boolean;
  readonly packetBytes: number;
  readonly maxUnackedBytes: number;
  /** Bytes of packets that came too early and wait. */
  readonly maxHeldBytes: number;
  /** 16 hex digits. */
  readonly instance: string;
  readonly defer: Defer;
}

export interface PipeHooks {
  /** Reads the frames of a packet. @returns what is wrong with them. */
  readonly frames: (reader: ByteReader) => string | undefined;
  /** Takes a message that came alone. @returns what is wrong with it. */
  readonly text: (text: SoleText) => string | undefined;
  /** Called before a packet is made. */
  readonly advance: () => void;
  /** Does something wait that `advance` may bring? */
  readonly isLineWaiting: () => boolean;
  /** Something was acknowledged, or sent. */
  readonly moved: () => void;
  readonly attached: () => void;
  readonly detached: () => void;
  /** The other side has closed, or cannot go on. */
  readonly ended: (error: PeerloomError) => void;
  /** The other side breaks the protocol. */
  readonly violated: (what: string) => void;
}

/** Carries packets over one data channel after the other; each reliable one is handled once. */
export class Pipe {
  readonly outbox: Outbox;
  readonly #options: PipeOptions;
  readonly #hooks: PipeHooks;
  readonly #receiveLog: ReceiveLog;
  /** Packets of lanes on an unordered channel, which wait for those before them. */
  readonly #held = new Map<number, Uint8Array<ArrayBuffer>>();
  #heldBytes = 0;
  #carrier: Carrier | undefined;
  #other: string | undefined;
  /** Not stopped when an acknowledgement goes out earlier: that would cost more than to let it run. */
  #ackTimer: ReturnType<typeof setTimeout> | undefined;
  #acked = 0;
  #isOver = false;
  #idle: (() => void) | undefined;

  constructor(options: PipeOptions, hooks: PipeHooks) {
    this.#options = options;
    this.#hooks = hooks;
    this.#receiveLog = new ReceiveLog(options.isOrdered);
    this.outbox = new Outbox({
      ...options,
      advance: hooks.advance,
      isLineWaiting: hooks.isLineWaiting,
      acknowledged: () => {
        this.#acked = this.#receiveLog.received;
        return this.#acked;
      },
      moved: () => {
        hooks.moved();
        this.#checkIdle();
      },
      refused: () => this.detach(),
    });
  }

  get isAttached(): boolean {
    return this.#carrier?.isOpen === true;
  }

  attach(channel: DataChannelLike, marks: DataChannelMarks): void {
    if (this.#isOver) return;
    this.#carrier?.release();
    // More than any data channel takes only once this one is known to take it.
    const packetBytes = Math.max(this.#options.packetBytes, packetBytesOf(marks, WIRE_LIMITS.packetBytes));
    this.outbox.widen(packetBytes);
    const carrier: Carrier = new Carrier(channel, marks, packetBytes, {
      opened: () => this.#opened(carrier),
      arrived: (packet) => this.#arrived(packet),
      writable: () => this.outbox.pump(true),
      lost: () => this.#lost(carrier),
    });
    this.#carrier = carrier;
    this.outbox.attach(carrier);
    if (carrier.isOpen) this.#opened(carrier);
  }

  /** Lets the data channel go. */
  detach(): void {
    const carrier = this.#carrier;
    if (carrier === undefined) return;
    carrier.release();
    this.#carrier = undefined;
    this.outbox.detach();
    this.#idle?.();
    this.#hooks.detached();
  }

  /** Resolves when everything has gone out and come, the data channel is lost, or after `ms`. Never rejects. */
  idle(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#idle?.(), ms);
      this.#idle = () => {
        clearTimeout(timer);
        this.#idle = undefined;
        resolve();
      };
      this.#checkIdle();
    });
  }

  /** The end: the other side is told, the data channel closed. */
  close(error: PeerloomError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#ackTimer);
    this.#idle?.();
    const carrier = this.#carrier;
    this.#carrier = undefined;
    this.outbox.clear();
    this.#held.clear();
    this.#heldBytes = 0;
    if (carrier?.isOpen === true) carrier.send(byePacket(JSON.stringify(toWireError(error))));
    carrier?.close();
  }

  #checkIdle(): void {
    if (this.#idle !== undefined && this.outbox.isIdle) this.#idle();
  }

  #opened(carrier: Carrier): void {
    if (carrier !== this.#carrier) return;
    const { isReliable, instance } = this.#options;
    if (isReliable && !carrier.send(helloPacket(instance, this.#receiveLog.received))) return this.detach();
    // Else the greeting of the other side tells first what need not be sent again.
    if (this.outbox.log.count === 0) this.outbox.go();
    this.#hooks.attached();
  }

  #lost(carrier: Carrier): void {
    if (carrier === this.#carrier) this.detach();
  }

  #arrived(packet: Uint8Array<ArrayBuffer> | string): void {
    if (this.#isOver) return;
    const wrong = typeof packet === "string" ? this.#textCame(packet) : this.#bytesCame(packet);
    if (wrong !== undefined && !this.#isOver) this.#hooks.violated(wrong);
  }

  #bytesCame(bytes: Uint8Array<ArrayBuffer>): string | undefined {
    const head = parseHead(bytes);
    return typeof head === "string" ? head : this.#take(head, bytes);
  }

  #textCame(packet: string): string | undefined {
    const head = this.#options.isReliable ? parseTextPacket(packet) : undefined;
    if (head === undefined) return "a text that is no packet";
    return this.#numbered(head.number, head.flags, head) ?? (this.#isOver ? undefined : this.#acknowledged(head.ack));
  }

  #take(head: PacketHead, bytes: Uint8Array<ArrayBuffer>): string | undefined {
    if (head.type === "bye") return this.#byeCame(bytes);
    if ((head.type === "loose") === this.#options.isReliable) return `a packet of type ${head.type}`;
    switch (head.type) {
      case "loose":
        return this.#handle(bytes, LOOSE_HEADER_BYTES);
      case "ack":
        return this.#acknowledged(head.ack);
      case "hello":
        return this.#greeted(head.instance, head.received);
      case "data":
        // Its frames first: they may refuse what it acknowledges.
        return this.#numbered(head.number, head.flags, bytes) ?? (this.#isOver ? undefined : this.#acknowledged(head.ack));
    }
  }

  #acknowledged(number: number): string | undefined {
    const { log } = this.outbox;
    const wasFull = log.bytes >= this.#options.maxUnackedBytes;
    if (!log.acknowledge(number)) return "an acknowledgement of what was never sent";
    if (wasFull) this.outbox.pump(true);
    this.#hooks.moved();
    this.#checkIdle();
    return undefined;
  }

  #greeted(instance: string, received: number): string | undefined {
    if (this.#other !== undefined && this.#other !== instance) {
      this.#hooks.ended(new PeerloomError("PEER_RESTARTED", "the other side has made this channel anew: what was pending is lost"));
      return undefined;
    }
    this.#other = instance;
    const wrong = this.#acknowledged(received);
    if (wrong === undefined) this.outbox.go();
    return wrong;
  }

  #numbered(number: number, flags: number, packet: Uint8Array<ArrayBuffer> | TextHead): string | undefined {
    const arrival = this.#receiveLog.take(number);
    if (arrival === "gap" || arrival === "far") return `packet ${number} came after ${this.#receiveLog.received}`;
    let wrong: string | undefined;
    if (arrival === "handle") {
      const isHeld = !this.#options.isOrdered && (flags & FLAG.lanes) !== 0;
      if (!(packet instanceof Uint8Array)) wrong = this.#handleText(packet);
      else wrong = isHeld ? this.#holdBack(number, packet) : this.#handle(packet, DATA_HEADER_BYTES);
      if (this.#held.size > 0) wrong ??= this.#releaseHeld();
    }
    if (wrong !== undefined || this.#isOver) return wrong;
    if (arrival === "duplicate" || (flags & FLAG.ackNow) !== 0) this.outbox.oweAck();
    else this.#ackTimer ??= setTimeout(this.#ackLate, ACK_DELAY_MS);
    return undefined;
  }

  readonly #ackLate = (): void => {
    this.#ackTimer = undefined;
    if (this.#acked < this.#receiveLog.received) this.outbox.oweAck();
  };

  #handle(bytes: Uint8Array<ArrayBuffer>, from: number): string | undefined {
    this.outbox.hold();
    try {
      return this.#hooks.frames(new ByteReader(bytes, from));
    } finally {
      this.outbox.resume();
    }
  }

  /** Nothing is gathered: it is one message, and an answer to it may go out at once. */
  #handleText(text: SoleText): string | undefined {
    this.outbox.turn();
    return this.#hooks.text(text);
  }

  #holdBack(number: number, bytes: Uint8Array<ArrayBuffer>): string | undefined {
    this.#heldBytes += bytes.length;
    this.#held.set(number, bytes);
    return this.#heldBytes > this.#options.maxHeldBytes ? "too much that came too early" : undefined;
  }

  #releaseHeld(): string | undefined {
    const ready = [...this.#held.keys()].filter((number) => number <= this.#receiveLog.received).toSorted((a, b) => a - b);
    for (const number of ready) {
      const bytes = this.#held.get(number);
      this.#held.delete(number);
      this.#heldBytes -= bytes?.length ?? 0;
      const wrong = bytes && this.#handle(bytes, DATA_HEADER_BYTES);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  #byeCame(bytes: Uint8Array<ArrayBuffer>): string | undefined {
    const reason: WireError | undefined = parseWireError(parseJson(new TextDecoder().decode(bytes.subarray(1))));
    if (reason === undefined) return "a farewell that is malformed";
    this.#hooks.ended(new PeerloomError(reason.code, reason.message, { remote: true }));
    return undefined;
  }
}
