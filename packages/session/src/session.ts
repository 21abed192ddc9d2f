import { type AnyCode, type Packet, PeerloomError } from "@peerloom/core";
import { encodePacket, parseFrame, WIRE, type PacketExtension, type ParsedPacket, type PartFrame } from "@peerloom/protocol";
import { Assembler, isPart, type WholeFrame } from "./assembler.ts";
import { Deque } from "./deque.ts";
import { LazyTimer } from "./lazy-timer.ts";
import { BULK_WINDOW_BYTES, TIMING, type SessionLimits } from "./limits.ts";
import { Outbox, type OutFrame } from "./outbox.ts";
import { ReceiveWindow } from "./receive-window.ts";
import { SendWindow, type Batch } from "./send-window.ts";
import { Traffic } from "./traffic.ts";

/** What a session needs from its owner. */
export interface SessionHost {
  /** Hands a packet to the path; false when it takes none now: `resume()` follows when it does. */
  send(serial: number, packet: Packet): boolean;
  /** Asks for `flush()` at the end of this turn. */
  schedule(): void;
  /** A frame is due. Must not throw; returns false when the frame breaks the protocol. */
  deliver(frame: WholeFrame): boolean;
  /** Is this stream, numbered as the peer does, open here? */
  wantsParts(stream: number): boolean;
  /** The session has found out that it must end. The owner calls `end`. */
  broken(error: PeerloomError): void;
  /** What the window allowed has left. */
  flushed(): void;
  /** Less than the low-water mark waits. */
  drained(): void;
  /** All that was sent has been acknowledged. */
  settled(): void;
}

/** How the path to the peer stands. A blocked path has refused a packet for want of room. */
export type PathState = "up" | "blocked" | "down";

interface Departure {
  readonly serial: number;
  readonly first: number;
  readonly end: number;
}

const none: readonly Uint8Array[] = [];

/** Bytes gathered in one turn that need not wait for its end: a few packets, so that they leave in one go. */
const EAGER_BYTES = WIRE.packetBytes * 4;

/** Packets whose refusal can be told apart; of older ones the peer's echo tells what is lost. */
const MAX_DEPARTURES = 16_384;

/**
 * One reliable pipe of frames to one peer: exactly once, in order, across loss, refusals and changes of path
 * (docs/protocol.md section 3). It knows numbers, acknowledgements and probes, but neither sockets nor what frames mean.
 */
export class Session {
  /** This end's session id. */
  readonly source: string;
  readonly outbox: Outbox = new Outbox();
  /** What passes: streams make room for messages while there are any. */
  readonly traffic: Traffic = new Traffic();
  readonly #host: SessionHost;
  readonly #limits: SessionLimits;
  readonly #sent: SendWindow;
  readonly #received: ReceiveWindow;
  readonly #assembler: Assembler;
  readonly #departures = new Deque<Departure>();
  readonly #ackTimer = new LazyTimer(() => this.#sendAlone(undefined));
  readonly #probeTimer = new LazyTimer(() => this.#onStall());
  #destination = "";
  #path: PathState;
  #serial = 0;
  #probes = 0;
  #progressed = false;
  #unackedBytes = 0;
  #hasStreamData = false;
  #reportedGap = -1;
  #isAckDue = false;
  #isOverMark = false;
  #hasEnded = false;

  constructor(source: string, host: SessionHost, limits: SessionLimits, path: PathState) {
    this.source = source;
    this.#host = host;
    this.#limits = limits;
    this.#path = path;
    this.#sent = new SendWindow(this.outbox, limits.windowBytes);
    this.#received = new ReceiveWindow(limits.windowBytes * 2);
    this.#assembler = new Assembler(limits.maxMessageBytes * 2);
  }

  /** The peer's session id; empty while it is not known. */
  get destination(): string {
    return this.#destination;
  }

  get path(): PathState {
    return this.#path;
  }

  /** True while nothing sent is unacknowledged and nothing waits. */
  get isIdle(): boolean {
    return this.outbox.isEmpty && !this.#sent.hasUnacknowledged;
  }

  /** True when frames have left on some path: only then can the peer have seen any. */
  get hasDeparted(): boolean {
    return this.#sent.next > 0;
  }

  /** Bytes in memory for this peer: waiting, unacknowledged, and early. */
  get bufferedBytes(): number {
    return this.outbox.bytes + this.#sent.bytes + this.#received.earlyBytes + this.#assembler.bytes;
  }

  /** Queues a frame. Returns false when more than the high-water mark waits now. */
  push(frame: OutFrame, lane?: number): boolean {
    const wasIdle = this.isIdle;
    if (frame.isBulk) this.traffic.data();
    this.outbox.push(frame, lane);
    // What follows silence does not wait for the end of the turn, only for what the program says in the same breath.
    if (wasIdle && this.#path === "up") queueMicrotask(this.#flushUnlessEnded);
    else if (this.#path === "up" && this.outbox.messageBytes >= EAGER_BYTES && this.#sent.bytes < this.#sent.limit) this.flush();
    else this.#host.schedule();
    if (this.outbox.messageBytes < this.#limits.highWaterBytes) return true;
    this.#isOverMark = true;
    return false;
  }

  /** Sends what is due and the window allows. */
  flush(): void {
    this.#sent.bulkBytes = this.traffic.isMixed ? BULK_WINDOW_BYTES : this.#limits.windowBytes;
    while (this.#path === "up") {
      const batch = this.#sent.take();
      if (batch === undefined) break;
      this.#sendBatch(batch);
    }
    if (this.#isAckDue && this.#path === "up") this.#sendAlone(undefined);
    if (this.#isOverMark && this.outbox.messageBytes < this.#limits.highWaterBytes / 4) {
      this.#isOverMark = false;
      this.#host.drained();
    }
    this.#host.flushed();
    if (this.#sent.hasUnacknowledged) this.#probeTimer.start(TIMING.probeMs);
  }

  /** The path is usable again: asks the peer what it has, so that only what is missing goes again. */
  resume(): void {
    if (this.#path === "up") return;
    const wasDown = this.#path === "down";
    this.#path = "up";
    this.#probes = 0;
    if (wasDown && (this.#destination !== "" || this.#sent.hasUnacknowledged)) this.#sendAlone({ h: this.#sent.next });
    this.#host.schedule();
  }

  /** The path is gone: nothing is sent until `resume`. */
  suspend(): void {
    this.#path = "down";
    this.#ackTimer.stop();
    this.#probeTimer.stop();
  }

  /** Packet `serial` was refused for want of room. Its frames go again after `resume`. */
  refused(serial: number): void {
    for (const { serial: departed, first, end } of this.#departures) {
      if (departed === serial) this.#sent.markLost(first, end);
    }
    this.#sent.shrink();
    if (this.#path === "up") this.#path = "blocked";
    this.#probeTimer.start(TIMING.probeMs);
  }

  /** A packet of the peer's session has come, for this session. */
  receive(packet: ParsedPacket, attachments: readonly Uint8Array[], bytes: number): void {
    this.#destination = packet.source;
    if (this.#sent.acknowledge(packet.ack)) this.#onProgress();
    if (packet.frames.length > 0) this.#accept(packet, attachments, bytes);
    if (!this.#hasEnded && packet.extension !== undefined) this.#handleExtension(packet.ack, packet.extension);
  }

  /** A stream, numbered as the peer does, is let go here: forgets parts of its values. */
  dropParts(stream: number): void {
    this.#assembler.drop(stream);
  }

  /** Ends the session: stops its timers and returns the frames that were not acknowledged, oldest first. */
  end(): OutFrame[] {
    this.#hasEnded = true;
    this.suspend();
    this.traffic.stop();
    this.#received.clear();
    this.#assembler.clear();
    this.#departures.clear();
    return [...this.#sent.clear(), ...this.outbox.clear()];
  }

  /** Tells the peer's session, once, that this one is dead. */
  sendReset(code: AnyCode): void {
    if (this.#path !== "down" && this.#destination !== "") this.#send(0, [], none, { x: code });
  }

  /** Acknowledges what has come now instead of soon: for an end that is about to leave. */
  acknowledge(): void {
    if (this.#path === "up" && this.#unackedBytes > 0) this.#sendAlone(undefined);
  }

  readonly #flushUnlessEnded = (): void => {
    if (!this.#hasEnded) this.flush();
  };

  #accept(packet: ParsedPacket, attachments: readonly Uint8Array[], bytes: number): void {
    const before = this.#received.expected;
    const fine = this.#received.accept({ first: packet.first, frames: packet.frames, attachments, bytes }, this.#deliver);
    if (!fine) {
      if (!this.#hasEnded) this.#host.broken(new PeerloomError("PROTOCOL_ERROR", "the peer sent a malformed frame"));
      return;
    }
    if (this.#hasEnded) return;
    this.#unackedBytes += bytes;
    const gap = this.#received.gap;
    const isOutOfOrder = this.#received.expected === before || (gap !== undefined && gap[0] !== this.#reportedGap);
    if (this.#unackedBytes >= this.#ackBytes(attachments) || isOutOfOrder) {
      this.#isAckDue = true;
      this.#host.schedule();
    } else this.#ackTimer.start(TIMING.ackDelayMs);
  }

  /**
   * Received bytes after which an acknowledgement goes at the end of the turn. It is a packet of its own: among small messages it
   * weighs little and lets their sender forget them early; one for each large message would halve their rate.
   */
  #ackBytes(attachments: readonly Uint8Array[]): number {
    if (this.#hasStreamData && this.traffic.isMixedThere) return BULK_WINDOW_BYTES / 3;
    return this.#limits.windowBytes / (attachments.length > 0 || this.#hasStreamData ? 3 : 12);
  }

  readonly #deliver = (raw: unknown, attachments: readonly Uint8Array[]): boolean => {
    const frame = parseFrame(raw, attachments);
    if (frame === undefined) return false;
    if (frame.type === "data" || (isPart(frame) && frame.stream !== 0)) {
      this.#hasStreamData = true;
      this.traffic.data();
    }
    if (isPart(frame)) return this.#assemble(frame);
    return this.#host.deliver(frame) && !this.#hasEnded;
  };

  #assemble(frame: PartFrame): boolean {
    // What comes for a stream that was let go here is not kept.
    if (frame.stream !== 0 && !this.#host.wantsParts(frame.stream)) return true;
    if (frame.type === "textPart") return this.#assembler.add(frame.stream, frame.text);
    if (frame.type === "binaryPart") return this.#assembler.add(frame.stream, frame.bytes);
    const whole = this.#assembler.finish(frame.stream, frame.lengths);
    return whole !== undefined && this.#host.deliver(whole) && !this.#hasEnded;
  }

  #handleExtension(ack: number, { h, e, g }: PacketExtension): void {
    if (g !== undefined) this.#sent.markLost(g[0], g[1]);
    else if (e !== undefined) this.#sent.markLost(ack, Math.min(e, this.#sent.next));
    if (g !== undefined || e !== undefined) this.#host.schedule();
    if (h === undefined || this.#path === "down") return;
    // A probe often means that the peer has a new connection: if something of ours is under way, ask in turn, once.
    this.#sendAlone(e === undefined && this.#sent.hasUnacknowledged ? { e: h, h: this.#sent.next } : { e: h });
  }

  #onProgress(): void {
    this.#progressed = true;
    this.#probes = 0;
    while ((this.#departures.at(0)?.end ?? Infinity) <= this.#sent.base) this.#departures.shift();
    if (this.isIdle) this.#host.settled();
    else this.#host.schedule();
  }

  /** Without progress for a while: asks the peer what it has. A blocked path is tried again this way, too. */
  #onStall(): void {
    if (this.#path === "down" || (!this.#sent.hasUnacknowledged && this.outbox.isEmpty)) return;
    if (!this.#progressed) {
      this.#path = "up";
      this.#sendAlone({ h: this.#sent.next });
      this.#probes += 1;
    }
    this.#progressed = false;
    this.#probeTimer.start(Math.min(TIMING.maxProbeMs, TIMING.probeMs * 2 ** this.#probes));
  }

  #sendBatch({ first, frames }: Batch): void {
    const end = first + frames.length;
    if (this.#send(first, frames, frames.at(-1)?.parts ?? none, undefined)) {
      this.#departures.push({ serial: this.#serial, first, end });
      if (this.#departures.length > MAX_DEPARTURES) this.#departures.shift();
      return;
    }
    this.#sent.markLost(first, end);
    this.#path = "blocked";
  }

  #sendAlone(extension: PacketExtension | undefined): void {
    this.#send(this.#sent.next, [], none, extension);
  }

  #send(first: number, frames: readonly OutFrame[], attachments: readonly Uint8Array[], extension: PacketExtension | undefined): boolean {
    const gap = this.#received.gap;
    const isNewGap = gap !== undefined && (gap[0] !== this.#reportedGap || extension !== undefined);
    const withGap = isNewGap && extension?.x === undefined ? { ...extension, g: gap } : extension;
    const header = { source: this.source, destination: this.#destination, first, ack: this.#received.expected, extension: withGap };
    this.#serial += 1;
    const texts = frames.map((frame) => frame.text);
    if (!this.#host.send(this.#serial, { text: encodePacket(header, texts), attachments })) return false;
    if (gap !== undefined) this.#reportedGap = gap[0];
    this.#isAckDue = false;
    this.#unackedBytes = 0;
    this.#hasStreamData = false;
    return true;
  }
}
