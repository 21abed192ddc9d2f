import { type AnyCode, type Packet, type PathName, PeerloomError } from "@peerloom/core";
import { encodePacket, parseFrame, WIRE, type PacketExtension, type ParsedPacket, type PartFrame } from "@peerloom/protocol";
import { Assembler, isPart, type WholeFrame } from "./assembler.ts";
import { Departures } from "./departures.ts";
import { LazyTimer } from "./lazy-timer.ts";
import { BULK_WINDOW_BYTES, MUCH_BYTES, TIMING, type SessionLimits } from "./limits.ts";
import type { Range } from "./lost-ranges.ts";
import { Outbox, type OutFrame } from "./outbox.ts";
import { PathBytesCount } from "./path-bytes.ts";
import { Paths, type PathState } from "./paths.ts";
import { Probes } from "./probes.ts";
import { ReceiveWindow } from "./receive-window.ts";
import { SendWindow, type Batch } from "./send-window.ts";
import { Traffic } from "./traffic.ts";

/** What a session needs from its owner. */
export interface SessionHost {
  /** Hands a packet to the path; false when it takes none now: `resume()` follows when it does. */
  send(serial: number, packet: Packet, path: PathName): boolean;
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
  /** Packets take another path from now on. */
  moved(path: PathName): void;
  /** Both sides have spoken, or much has been said: told once. */
  met(): void;
  /** The direct path is taken, and brings no acknowledgement, while the relay could be used. */
  silent(): void;
}

const none: readonly Uint8Array[] = [];

/** Bytes gathered in one turn that need not wait for its end: a few packets, so that they leave in one go. */
const EAGER_BYTES = WIRE.packetBytes * 4;

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
  readonly #departures = new Departures();
  readonly #paths: Paths;
  readonly #probes = new Probes();
  readonly #ackTimer = new LazyTimer(() => this.#sendAlone(undefined));
  readonly #probeTimer = new LazyTimer(() => this.#onStall());
  readonly #handOverTimer = new LazyTimer(() => this.#lose(this.#sent.base, this.#sent.next, (path) => path !== this.#paths.current));
  /** What has travelled by each path. */
  readonly bytes: PathBytesCount = new PathBytesCount();
  #destination = "";
  #serial = 0;
  /** Times in a row that it was asked in vain. */
  #stalls = 0;
  #progressed = false;
  #unackedBytes = 0;
  #hasStreamData = false;
  #reportedGap = -1;
  #isAckDue = false;
  #isOverMark = false;
  #hasMet = false;
  #hasEnded = false;

  constructor(source: string, host: SessionHost, limits: SessionLimits, relay: PathState) {
    this.source = source;
    this.#host = host;
    this.#limits = limits;
    this.#paths = new Paths(relay);
    this.#sent = new SendWindow(this.outbox, limits.windowBytes);
    this.#received = new ReceiveWindow(limits.windowBytes * 2);
    this.#assembler = new Assembler(limits.maxMessageBytes * 2);
  }

  /** The peer's session id; empty while it is not known. */
  get destination(): string {
    return this.#destination;
  }

  /** The path that packets take. */
  get path(): PathName {
    return this.#paths.current;
  }

  /** False while no path is left. */
  get isReachable(): boolean {
    return this.#paths.isReachable;
  }

  stateOf(path: PathName): PathState {
    return this.#paths.of(path);
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
    if (wasIdle && this.#paths.isUp) queueMicrotask(this.#flushUnlessEnded);
    else if (this.#paths.isUp && this.outbox.messageBytes >= EAGER_BYTES && this.#sent.bytes < this.#sent.limit) this.flush();
    else this.#host.schedule();
    if (this.outbox.messageBytes < this.#limits.highWaterBytes) return true;
    this.#isOverMark = true;
    return false;
  }

  /** Sends what is due and the window allows. */
  flush(): void {
    this.#sent.bulkBytes = this.traffic.isMixed ? BULK_WINDOW_BYTES : this.#limits.windowBytes;
    while (this.#paths.isUp) {
      const batch = this.#sent.take();
      if (batch === undefined) break;
      this.#sendBatch(batch);
    }
    if (this.#isAckDue && this.#paths.isUp) this.#sendAlone(undefined);
    if (this.#isOverMark && this.outbox.messageBytes < this.#limits.highWaterBytes / 4) {
      this.#isOverMark = false;
      this.#host.drained();
    }
    this.#host.flushed();
    if (this.#sent.hasUnacknowledged) this.#probeTimer.start(TIMING.probeMs);
  }

  /**
   * The path is usable, or takes packets again. One that comes back is asked first what has come, so that only what is missing goes again.
   * What leaves from now on takes the direct path if there is one, without a pause; what is still under way by the relay is waited for a while.
   */
  resume(path: PathName): void {
    const state = this.#paths.of(path);
    if (state === "up") return;
    const before = this.#paths.current;
    this.#paths.set(path, "up");
    this.#stalls = 0;
    if (this.#paths.current !== before) this.#move(before);
    else if (state === "down") this.#ask(path);
    this.#host.schedule();
  }

  /** The path is gone, with what was under way. Nothing is sent while there is no other. */
  suspend(path: PathName): void {
    if (this.#paths.of(path) === "down") return;
    const before = this.#paths.current;
    this.#paths.set(path, "down");
    this.#probes.forget(path);
    if (this.#paths.current !== before) this.#move(before);
    else if (this.#paths.isReachable && this.#sent.hasUnacknowledged) this.#probe(before);
    if (this.#paths.isReachable) this.#host.schedule();
    else this.#stopTimers();
  }

  /** Packet `serial` was refused by the relay for want of room. Its frames go again after `resume`, or by another path. */
  refused(serial: number): void {
    for (const { first, end } of this.#departures.of(serial)) this.#sent.markLost(first, end);
    if (this.#paths.of("relay") === "up") this.#paths.set("relay", "blocked");
    if (this.#paths.current === "relay") this.#sent.shrink();
    else this.#host.schedule();
    this.#probeTimer.start(TIMING.probeMs);
  }

  /** A packet of the peer's session has come, for this session. */
  receive(packet: ParsedPacket, attachments: readonly Uint8Array[], bytes: number, path: PathName): void {
    this.#destination = packet.source;
    this.bytes.received(path, bytes);
    if (this.#sent.acknowledge(packet.ack)) this.#onProgress();
    if (packet.frames.length > 0) this.#accept(packet, attachments, bytes);
    if (!this.#hasEnded && packet.extension !== undefined) this.#handleExtension(packet.ack, packet.extension, path);
    if (!this.#hasMet && !this.#hasEnded) this.#meet();
  }

  /** A stream, numbered as the peer does, is let go here: forgets parts of its values. */
  dropParts(stream: number): void {
    this.#assembler.drop(stream);
  }

  /** Ends the session: stops its timers and returns the frames that were not acknowledged, oldest first. */
  end(): OutFrame[] {
    this.#hasEnded = true;
    this.#stopTimers();
    for (const path of ["relay", "direct"] as const) {
      this.#paths.set(path, "down");
      this.#probes.forget(path);
    }
    this.traffic.stop();
    this.#received.clear();
    this.#assembler.clear();
    this.#departures.clear();
    return [...this.#sent.clear(), ...this.outbox.clear()];
  }

  /** Tells the peer's session, once, that this one is dead. */
  sendReset(code: AnyCode): void {
    if (this.#paths.isReachable && this.#destination !== "") this.#send(0, [], none, { x: code });
  }

  /** Acknowledges what has come now instead of soon: for an end that is about to leave. */
  acknowledge(): void {
    if (this.#paths.isUp && this.#unackedBytes > 0) this.#sendAlone(undefined);
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

  #handleExtension(ack: number, { h, e, g }: PacketExtension, path: PathName): void {
    if (g !== undefined || e !== undefined) this.#learnLoss(ack, e, g, path);
    // What came by a path that is down here is answered by none: the answer would tell of another one.
    if (h === undefined || this.#paths.of(path) === "down") return;
    // A probe often means that the peer has a new connection: if something of ours is under way, ask in turn, once.
    const asksBack = e === undefined && this.#sent.hasUnacknowledged;
    if (asksBack) this.#probe(path, h);
    else this.#sendAlone({ e: h }, path);
  }

  /**
   * Each path is first in, first out, so what left by the probe's path before the probe has come or is lost, and what left before an early
   * frame by the early one's path is lost. What left by another path may be under way.
   */
  #learnLoss(ack: number, e: number | undefined, g: Range | undefined, path: PathName): void {
    // An answer to no question that is remembered tells as much as one to the newest.
    const asked = e === undefined ? undefined : (this.#probes.answered(path, e) ?? Infinity);
    const early = g === undefined ? undefined : this.#departures.carriersOf(g[1]);
    const [from, to] = g ?? [ack, Math.min(e ?? 0, this.#sent.next)];
    this.#lose(from, to, (by, serial) => {
      if (this.#paths.of(by) === "down" || (by === path && serial < (asked ?? 0))) return true;
      return serial < (early?.get(by) ?? 0);
    });
  }

  #lose(from: number, to: number, isLost: (path: PathName, serial: number) => boolean): void {
    const start = Math.max(from, this.#sent.base);
    const end = Math.min(to, this.#sent.next);
    for (const [first, last] of this.#departures.lost(start, end, ({ path, serial }) => isLost(path, serial)))
      this.#sent.markLost(first, last);
    this.#host.schedule();
  }

  /** Packets take another path than `before`. */
  #move(before: PathName): void {
    const { current } = this.#paths;
    this.#sent.widen();
    this.#stalls = 0;
    if (this.#paths.of(before) === "down") this.#ask(current);
    else if (this.#sent.hasUnacknowledged) {
      this.#probe(before);
      this.#handOverTimer.start(TIMING.handOverMs);
    }
    this.#host.moved(current);
  }

  /** Asks what has come, unless there is nobody who could answer. */
  #ask(path: PathName): void {
    if (this.#destination !== "" || this.#sent.hasUnacknowledged) this.#probe(path);
  }

  /** Asks what has come by this path, and answers the peer's question `echo` if there is one. */
  #probe(path: PathName, echo?: number): void {
    const { next } = this.#sent;
    if (this.#send(next, [], none, echo === undefined ? { h: next } : { e: echo, h: next }, path))
      this.#probes.asked(path, next, this.#serial);
  }

  #meet(): void {
    const isExchange = this.#sent.base > 0 && this.#received.expected > 0;
    if (!isExchange && this.bytes.total < MUCH_BYTES) return;
    this.#hasMet = true;
    this.#host.met();
  }

  #stopTimers(): void {
    this.#ackTimer.stop();
    this.#probeTimer.stop();
    this.#handOverTimer.stop();
  }

  #onProgress(): void {
    this.#progressed = true;
    this.#stalls = 0;
    this.#departures.arrived(this.#sent.base);
    if (this.isIdle) this.#host.settled();
    else this.#host.schedule();
  }

  /** Without progress for a while: asks the peer what it has. A blocked path is tried again this way, too. */
  #onStall(): void {
    if (!this.#paths.isReachable || (!this.#sent.hasUnacknowledged && this.outbox.isEmpty)) return;
    if (!this.#progressed) {
      const { current } = this.#paths;
      if (current === "direct" && this.#stalls > 0 && this.#probes.isWaiting(current) && this.#paths.of("relay") !== "down")
        this.#host.silent();
      if (this.#paths.current === current) {
        this.#paths.set(current, "up");
        this.#probe(current);
      }
      this.#stalls += 1;
    }
    this.#progressed = false;
    this.#probeTimer.start(Math.min(TIMING.maxProbeMs, TIMING.probeMs * 2 ** this.#stalls));
  }

  #sendBatch({ first, frames }: Batch): void {
    const end = first + frames.length;
    const path = this.#paths.current;
    if (this.#send(first, frames, frames.at(-1)?.parts ?? none, undefined)) {
      this.#departures.add({ serial: this.#serial, first, end, path });
      return;
    }
    this.#sent.markLost(first, end);
    if (this.#paths.of(path) === "up") this.#paths.set(path, "blocked");
  }

  #sendAlone(extension: PacketExtension | undefined, path?: PathName): void {
    this.#send(this.#sent.next, [], none, extension, path);
  }

  #send(
    first: number,
    frames: readonly OutFrame[],
    attachments: readonly Uint8Array[],
    extension: PacketExtension | undefined,
    path: PathName = this.#paths.current,
  ): boolean {
    const gap = this.#received.gap;
    const isNewGap = gap !== undefined && (gap[0] !== this.#reportedGap || extension !== undefined);
    const withGap = isNewGap && extension?.x === undefined ? { ...extension, g: gap } : extension;
    const header = { source: this.source, destination: this.#destination, first, ack: this.#received.expected, extension: withGap };
    this.#serial += 1;
    const texts = frames.map((frame) => frame.text);
    const packet = { text: encodePacket(header, texts), attachments };
    if (!this.#host.send(this.#serial, packet, path)) return false;
    this.bytes.sent(path, packet);
    if (gap !== undefined) this.#reportedGap = gap[0];
    this.#isAckDue = false;
    this.#unackedBytes = 0;
    this.#hasStreamData = false;
    return true;
  }
}
