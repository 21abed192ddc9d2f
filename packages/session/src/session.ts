import { type AnyCode, type Packet, type PathName, PeerloomError } from "@peerloom/core";
import { encodePacket, WIRE, type PacketExtension, type ParsedPacket } from "@peerloom/protocol";
import { Flight } from "./flight.ts";
import { Inbound, type InboundHost } from "./inbound.ts";
import { LazyTimer } from "./lazy-timer.ts";
import { BULK_WINDOW_BYTES, MUCH_BYTES, TIMING, type SessionLimits } from "./limits.ts";
import type { Range } from "./lost-ranges.ts";
import { Outbox, type OutFrame } from "./outbox.ts";
import { PathBytesCount } from "./path-bytes.ts";
import { Paths, type PathState } from "./paths.ts";
import { SendWindow, type Batch } from "./send-window.ts";
import { Traffic } from "./traffic.ts";

/** What a session needs from its owner. */
export interface SessionHost extends InboundHost {
  /** Hands a packet to the path; false when it takes none now: `resume()` follows when it does. */
  send(serial: number, packet: Packet, path: PathName): boolean;
  /** Asks for `flush()` at the end of this turn. */
  schedule(): void;
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
  /** Much has been said, by either side: told once. */
  passedMuch(): void;
  /** The direct path is taken, and brings no acknowledgement, while the relay could be used. */
  silent(): void;
}

const none: readonly Uint8Array[] = [];
const noGaps: readonly Range[] = [];

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
  readonly #inbound: Inbound;
  readonly #flight = new Flight();
  readonly #paths: Paths;
  readonly #ackTimer = new LazyTimer(() => this.#acknowledgeLate());
  readonly #probeTimer = new LazyTimer(() => this.#onStall());
  readonly #handOverTimer = new LazyTimer(() => this.#lose(this.#flight.besides(this.#sent, this.#paths.current)));
  /** What has travelled by each path. */
  readonly bytes: PathBytesCount = new PathBytesCount();
  #destination = "";
  #serial = 0;
  /** Times in a row that it was asked in vain. */
  #stalls = 0;
  #progressed = false;
  #isAckDue = false;
  /** Does what was lost go again now? */
  #isRepairing = false;
  #isOverMark = false;
  #hasPassedMuch = false;
  #hasEnded = false;

  constructor(source: string, host: SessionHost, limits: SessionLimits, relay: PathState) {
    this.source = source;
    this.#host = host;
    this.#limits = limits;
    this.#paths = new Paths(relay);
    this.#sent = new SendWindow(this.outbox, limits.windowBytes);
    const inboundHost: InboundHost = {
      deliver: (frame) => host.deliver(frame) && !this.#hasEnded,
      wantsParts: (stream) => host.wantsParts(stream),
    };
    this.#inbound = new Inbound(inboundHost, limits, this.traffic);
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
    return this.outbox.bytes + this.#sent.bytes + this.#inbound.bytes;
  }

  /** Queues a frame. Returns false when more than the high-water mark waits now. */
  push(frame: OutFrame, lane?: number): boolean {
    const wasIdle = this.isIdle;
    if (frame.isBulk) this.traffic.data();
    this.outbox.push(frame, lane);
    // What follows silence does not wait for the end of the turn, only for what the program says in the same breath.
    if (wasIdle && this.#paths.isUp) queueMicrotask(this.#flushUnlessEnded);
    else if (this.#paths.isUp && this.#hasGathered()) this.flush();
    else this.#host.schedule();
    if (this.outbox.messageBytes < this.#limits.highWaterBytes) return true;
    this.#isOverMark = true;
    return false;
  }

  /** Is what waits worth a packet before the end of the turn? */
  #hasGathered(): boolean {
    return this.outbox.messageBytes >= EAGER_BYTES && this.#sent.bytes < this.#sent.limit;
  }

  /** Sends what is due and the window allows. */
  flush(): void {
    this.#sent.bulkBytes = this.traffic.isMixed ? BULK_WINDOW_BYTES : this.#limits.windowBytes;
    while (this.#paths.isUp) {
      const batch = this.#sent.take();
      if (batch === undefined) break;
      this.#sendBatch(batch);
    }
    if (this.#isRepairing && this.#paths.isUp) this.#askForRepairs();
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
    this.#flight.forget(path);
    if (this.#paths.current !== before) this.#move(before);
    else if (this.#paths.isReachable && this.#sent.hasUnacknowledged) this.#probe(before);
    if (this.#paths.isReachable) this.#host.schedule();
    else this.#stopTimers();
  }

  /** Packet `serial` was refused by the relay for want of room. Its frames go again after `resume`, or by another path. */
  refused(serial: number): void {
    for (const { first, end } of this.#flight.carriedBy(serial)) this.#sent.markLost(first, end);
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
    if (this.#hasPassedMuch || this.#hasEnded || this.bytes.total < MUCH_BYTES) return;
    this.#hasPassedMuch = true;
    this.#host.passedMuch();
  }

  /** A stream, numbered as the peer does, is let go here: forgets parts of its values. */
  dropParts(stream: number): void {
    this.#inbound.dropParts(stream);
  }

  /** Ends the session: stops its timers and returns the frames that were not acknowledged, oldest first. */
  end(): OutFrame[] {
    this.#hasEnded = true;
    this.#stopTimers();
    for (const path of ["relay", "direct"] as const) this.#paths.set(path, "down");
    this.traffic.stop();
    this.#inbound.clear();
    this.#flight.clear();
    return [...this.#sent.clear(), ...this.outbox.clear()];
  }

  /** Tells the peer's session, once, that this one is dead. */
  sendReset(code: AnyCode): void {
    if (this.#paths.isReachable && this.#destination !== "") this.#send(0, [], none, { x: code });
  }

  /** Acknowledges what has come now instead of soon: for an end that is about to leave. */
  acknowledge(): void {
    if (this.#paths.isUp && this.#inbound.isUntold) this.#sendAlone(undefined);
  }

  /** What was said since has mostly told the peer already. */
  #acknowledgeLate(): void {
    if (this.#inbound.isUntold) this.#sendAlone(undefined);
  }

  readonly #flushUnlessEnded = (): void => {
    if (!this.#hasEnded) this.flush();
  };

  #accept(packet: ParsedPacket, attachments: readonly Uint8Array[], bytes: number): void {
    const when = this.#inbound.accept(packet, attachments, bytes);
    if (this.#hasEnded) return;
    if (when === "bad") return this.#host.broken(new PeerloomError("PROTOCOL_ERROR", "the peer sent a malformed frame"));
    if (when === "soon") return this.#ackTimer.start(TIMING.ackDelayMs);
    this.#isAckDue = true;
    this.#host.schedule();
  }

  #handleExtension(ack: number, extension: PacketExtension, path: PathName): void {
    const { h, e, g } = extension;
    if (g !== undefined || e !== undefined)
      this.#lose(this.#flight.lost(this.#sent, ack, extension, path, (other) => this.#paths.of(other) === "down"));
    // What came by a path that is down here is answered by none: the answer would tell of another one.
    if (h === undefined || this.#paths.of(path) === "down") return;
    // A probe often means that the peer has a new connection: if something of ours is under way, ask in turn, once.
    const asksBack = e === undefined && this.#sent.hasUnacknowledged;
    if (asksBack) this.#probe(path, h);
    else this.#sendAlone({ e: h }, path);
  }

  #lose(ranges: readonly Range[]): void {
    for (const [from, to] of ranges) this.#sent.markLost(from, to);
    this.#isRepairing ||= ranges.length > 0;
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

  /** Behind what went again goes a question: what is lost twice is known a round trip later, not when there is no progress. */
  #askForRepairs(): void {
    this.#isRepairing = false;
    this.#probe(this.#paths.current);
  }

  /** Asks what has come, unless there is nobody who could answer. */
  #ask(path: PathName): void {
    if (this.#destination !== "" || this.#sent.hasUnacknowledged) this.#probe(path);
  }

  /** Asks what has come by this path, and answers the peer's question `echo` if there is one. */
  #probe(path: PathName, echo?: number): void {
    const { next } = this.#sent;
    if (this.#send(next, [], none, echo === undefined ? { h: next } : { e: echo, h: next }, path))
      this.#flight.asked(path, next, this.#serial);
  }

  #stopTimers(): void {
    this.#ackTimer.stop();
    this.#probeTimer.stop();
    this.#handOverTimer.stop();
  }

  #onProgress(): void {
    this.#progressed = true;
    this.#stalls = 0;
    this.#flight.arrived(this.#sent.base);
    if (this.isIdle) this.#host.settled();
    else this.#host.schedule();
  }

  /** Without progress for a while: asks the peer what it has. A blocked path is tried again this way, too. */
  #onStall(): void {
    if (!this.#paths.isReachable || (!this.#sent.hasUnacknowledged && this.outbox.isEmpty)) return;
    if (!this.#progressed) {
      const { current } = this.#paths;
      if (current === "direct" && this.#stalls > 0 && this.#flight.isAsked(current) && this.#paths.of("relay") !== "down")
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
      this.#flight.left({ serial: this.#serial, first, end, path });
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
    const gaps = extension?.x === undefined ? this.#inbound.gaps(extension) : noGaps;
    const withGaps = gaps.length === 0 ? extension : { ...extension, g: gaps.flat() };
    const header = { source: this.source, destination: this.#destination, first, ack: this.#inbound.expected, extension: withGaps };
    this.#serial += 1;
    const texts = frames.map((frame) => frame.text);
    const packet = { text: encodePacket(header, texts), attachments };
    if (!this.#host.send(this.#serial, packet, path)) return false;
    this.bytes.sent(path, packet);
    this.#inbound.told(gaps);
    this.#isAckDue = false;
    return true;
  }
}
