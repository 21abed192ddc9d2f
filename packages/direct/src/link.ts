import type { Packet, RtcBackend } from "@peerloom/core";
import { Carrier, Connection, HeldChannel, packetBytesOf, WIRE_LIMITS, type DriverMessage, type HeartbeatTimes } from "@peerloom/peer/link";
import { PacketAssembly, toPieces } from "./packets.ts";

/** What a link needs of its owner, and tells it. None of these may throw. */
export interface LinkHooks {
  /** Has a description or candidates brought to the other side. */
  signal(message: DriverMessage): void;
  /** It takes packets. */
  up(): void;
  /** It takes none for now. */
  down(): void;
  /** It is beyond help. */
  broken(): void;
  /** It takes packets again after `send` returned false. */
  writable(): void;
  packet(packet: Packet): void;
  failed(error: unknown): void;
}

export interface LinkOptions {
  readonly rtc: RtcBackend;
  readonly configuration: RTCConfiguration;
  readonly isLeader: boolean;
  readonly heartbeat: HeartbeatTimes;
  readonly hooks: LinkHooks;
}

/** One `RTCPeerConnection` that carries packets: channel 0 is its control channel, channel 1 has the packets. */
export class Link {
  readonly #options: LinkOptions;
  readonly #hooks: LinkHooks;
  readonly #connection: Connection;
  readonly #assembly = new PacketAssembly();
  #carrier: Carrier | undefined;
  /** Pieces of one packet that found no room yet. */
  #waiting: (string | Uint8Array<ArrayBuffer>)[] = [];
  #pieceBytes = 0;
  #isDoubted = false;
  #isUp = false;
  #isClosed = false;

  constructor(options: LinkOptions) {
    const { rtc, configuration, isLeader, heartbeat, hooks } = options;
    this.#options = options;
    this.#hooks = hooks;
    this.#connection = new Connection({
      pc: new rtc.RTCPeerConnection({ bundlePolicy: "max-bundle", ...configuration }),
      configuration,
      isLeader,
      heartbeat,
      now: () => performance.now(),
      hooks: {
        signal: (message) => hooks.signal(message),
        ready: () => this.#openChannel(),
        up: () => this.#look(),
        down: () => this.#look(),
        broken: () => this.#break(),
        control: ({ type }) => type === "bye" && this.#break(),
        bad: () => this.#break(),
        // Nothing else is agreed on.
        channel: (channel) => channel.close(),
        track: () => {},
        arrangeMedia: async () => "nothing",
        listMedia: () => [],
        takeMedia: () => {},
        error: (error) => hooks.failed(error),
      },
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Round trip in milliseconds, once measured. */
  get roundTripMs(): number | undefined {
    return this.#connection.roundTripMs;
  }

  offer(): void {
    this.#connection.offer();
  }

  take(message: DriverMessage): void {
    this.#connection.take(message);
  }

  /** Has ICE find another way. */
  restart(): void {
    this.#connection.restart();
  }

  /** Milliseconds of the shortest of three round trips; never resolves when the path is lost meanwhile. */
  async measure(): Promise<number> {
    let shortest = Infinity;
    for (let turn = 0; turn < 3; turn++) {
      await new Promise<void>((resolve) => this.#connection.ask(resolve));
      shortest = Math.min(shortest, this.#connection.roundTripMs ?? Infinity);
    }
    return shortest;
  }

  /** @returns false when it takes none now: `writable` follows, or `down`. */
  send(packet: Packet): boolean {
    if (!this.#isUp || this.#waiting.length > 0 || this.#carrier?.hasRoom !== true) return false;
    this.#waiting = toPieces(packet, this.#pieceBytes);
    this.#pump();
    return true;
  }

  /** Packets get no acknowledgement: it is not used before the other side has answered. */
  doubt(): void {
    this.#isDoubted = true;
    this.#look();
    this.#connection.ask(() => {
      this.#isDoubted = false;
      this.#look();
    });
  }

  /** Idempotent; no hook is called any more. Says goodbye first, so that the other side knows at once. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isUp = false;
    this.#waiting = [];
    await this.#connection.bye();
    this.#carrier?.close();
    this.#connection.close();
  }

  #openChannel(): void {
    const { rtc } = this.#options;
    const raw = this.#connection.pc.createDataChannel("peerloom-packets", { negotiated: true, id: 1, ordered: true });
    this.#pieceBytes = packetBytesOf(rtc.channel, WIRE_LIMITS.packetBytes);
    this.#carrier = new Carrier(new HeldChannel(raw), rtc.channel, this.#pieceBytes, {
      opened: () => this.#opened(),
      arrived: (piece) => this.#arrived(piece),
      writable: () => this.#drained(),
      lost: () => this.#break(),
    });
    if (this.#carrier.isOpen) this.#opened();
  }

  #opened(): void {
    const { rtc } = this.#options;
    const negotiated = this.#connection.pc.sctp?.maxMessageSize;
    const maxMessageBytes = Math.min(rtc.channel.maxMessageBytes, negotiated || Infinity);
    this.#pieceBytes = packetBytesOf({ ...rtc.channel, maxMessageBytes }, WIRE_LIMITS.packetBytes);
    this.#look();
  }

  #arrived(piece: Uint8Array<ArrayBuffer> | string): void {
    if (this.#isClosed) return;
    const packet = this.#assembly.add(piece);
    this.#connection.heard();
    if (packet === "bad") this.#break();
    else if (packet !== "more") this.#hooks.packet(packet);
  }

  /** Gives the data channel what it has room for. */
  #pump(): void {
    while (this.#waiting.length > 0 && this.#carrier?.hasRoom === true) {
      const piece = this.#waiting.shift();
      // Not in the middle of sending.
      if (piece !== undefined && !this.#carrier.send(piece)) return queueMicrotask(() => this.#break());
    }
  }

  #drained(): void {
    this.#pump();
    if (this.#isUp && this.#waiting.length === 0 && this.#carrier?.hasRoom === true) this.#hooks.writable();
  }

  #look(): void {
    const isUp = !this.#isClosed && this.#connection.isUp && this.#carrier?.isOpen === true && !this.#isDoubted;
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    if (isUp) this.#hooks.up();
    else this.#hooks.down();
  }

  #break(): void {
    if (this.#isClosed) return;
    this.#isUp = false;
    this.#hooks.broken();
  }
}
