import type { ChannelEvents, ChannelSettings, EngineChannel } from "./engine.ts";
import { eventWith, withHandlers } from "./handlers.ts";
import type { WithHandlers } from "./handlers.ts";

type Names = "open" | "message" | "bufferedamountlow" | "error" | "closing" | "close";

const Target: new () => WithHandlers<Names> = withHandlers<Names>(["open", "message", "bufferedamountlow", "error", "closing", "close"]);

/**
 * An `RTCDataChannel` around an implementation's own. Binary messages arrive as `ArrayBuffer`; `close` lets what was sent before
 * reach the transport first.
 */
export class DataChannel extends Target {
  readonly #channel: EngineChannel;
  readonly #maxBytes: () => number | null;
  #state: RTCDataChannelState = "connecting";
  #threshold = 0;
  #isClosing = false;
  #isCloseSent = false;
  /** Events of a channel that the remote opened, until those who hear of it have had the time to listen. */
  #held: (() => void)[] | undefined;

  /** `maxBytes` is what a message may have at most, once it is known. */
  constructor(open: (events: ChannelEvents) => EngineChannel, maxBytes: () => number | null, isIncoming = false) {
    super();
    this.#maxBytes = maxBytes;
    if (isIncoming) this.#held = [];
    this.#channel = open({
      opened: () => this.#later(() => this.#opened()),
      received: (data) => (this.#held === undefined ? this.#received(data) : this.#hold(data)),
      low: () => this.#later(() => this.#low()),
      failed: (message) => this.#later(() => this.#failed(message)),
      closed: () => this.#later(() => this.ended()),
    });
  }

  get label(): string {
    return this.#settings.label;
  }
  get ordered(): boolean {
    return this.#settings.ordered;
  }
  get maxPacketLifeTime(): number | null {
    return this.#settings.maxPacketLifeTime;
  }
  get maxRetransmits(): number | null {
    return this.#settings.maxRetransmits;
  }
  get protocol(): string {
    return this.#settings.protocol;
  }
  get negotiated(): boolean {
    return this.#settings.negotiated;
  }
  get id(): number | null {
    return this.#state === "closed" ? this.#settings.id : this.#channel.id();
  }
  get readyState(): RTCDataChannelState {
    return this.#state;
  }
  get bufferedAmount(): number {
    return this.#state === "closed" ? 0 : this.#channel.bufferedAmount();
  }
  get bufferedAmountLowThreshold(): number {
    return this.#threshold;
  }
  set bufferedAmountLowThreshold(bytes: number) {
    this.#threshold = Math.max(0, Math.floor(Number(bytes)) || 0);
    if (this.#state !== "closed" && !this.#isClosing) this.#channel.setLowThreshold(this.#threshold);
  }
  get binaryType(): BinaryType {
    return "arraybuffer";
  }
  set binaryType(type: BinaryType) {
    if (type !== "arraybuffer") throw new DOMException(`binaryType ${type} is not supported; it is "arraybuffer"`, "NotSupportedError");
  }

  send(data: string | ArrayBuffer | ArrayBufferView): void {
    if (this.#state !== "open") throw new DOMException(`the channel is ${this.#state}`, "InvalidStateError");
    const message = typeof data === "string" ? data : bytesOf(data);
    const size = typeof message === "string" ? Buffer.byteLength(message) : message.byteLength;
    const limit = this.#maxBytes();
    if (limit !== null && size > limit) throw new TypeError(`a message of ${size} bytes is over the limit of ${limit}`);
    this.#channel.send(message);
  }

  close(): void {
    if (this.#isClosing || this.#state === "closed") return;
    this.#isClosing = true;
    this.#state = "closing";
    this.#channel.setLowThreshold(0);
    if (this.#channel.bufferedAmount() === 0) this.#sendClose();
  }

  /** For the connection: lets the events out, after its listeners were told of the channel. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) event();
  }

  /** For the connection: the channel is no more, by whatever way. */
  ended(): void {
    if (this.#state === "closed") return;
    const isSudden = !this.#isClosing;
    this.#isClosing = true;
    if (isSudden) this.#state = "closing";
    if (isSudden) this.dispatchEvent(new Event("closing"));
    this.#state = "closed";
    this.dispatchEvent(new Event("close"));
  }

  get #settings(): ChannelSettings {
    return this.#channel.settings;
  }

  /** Apart from where messages come: what makes a function there makes one for each. */
  #hold(data: string | ArrayBuffer): void {
    this.#held?.push(() => this.#received(data));
  }

  #later(event: () => void): void {
    if (this.#held) this.#held.push(event);
    else event();
  }

  #opened(): void {
    if (this.#state !== "connecting") return;
    this.#state = "open";
    this.dispatchEvent(new Event("open"));
  }

  #received(data: string | ArrayBuffer): void {
    if (this.#state === "closed") return;
    this.#opened();
    this.dispatchEvent(eventWith("message", { data }));
  }

  #low(): void {
    if (this.#state === "closed") return;
    if (this.#isClosing) this.#sendClose();
    this.dispatchEvent(new Event("bufferedamountlow"));
  }

  #sendClose(): void {
    if (this.#isCloseSent) return;
    this.#isCloseSent = true;
    this.#channel.close();
  }

  #failed(message: string): void {
    if (this.#state === "closed") return;
    this.dispatchEvent(eventWith("error", { error: new DOMException(message, "OperationError") }));
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new DOMException("only strings, ArrayBuffers and views of them can be sent", "NotSupportedError");
}
