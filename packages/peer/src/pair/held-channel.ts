import { contentOf } from "../channels/data-channel.ts";
import type { DataChannelEvent, DataChannelLike } from "../channels/index.ts";

const maxHeldBytes = 4_194_304;
/** What a message counts beside its content. */
const messageBytes = 256;

/**
 * A data channel whose messages wait until it is open and somebody listens: browsers may tell messages before `open`, and one that came
 * before it was announced has no listener yet. From then on listeners stand at the data channel itself.
 */
export class HeldChannel implements DataChannelLike {
  readonly raw: RTCDataChannel;
  #held: MessageEvent[] = [];
  #heldBytes = 0;
  #listener: ((event: Event) => void) | undefined;
  readonly #openers = new Map<(event: Event) => void, () => void>();

  constructor(raw: RTCDataChannel) {
    this.raw = raw;
    raw.binaryType = "arraybuffer";
    raw.addEventListener("message", this.#hold);
  }

  get readyState(): string {
    return this.raw.readyState;
  }

  get bufferedAmount(): number {
    return this.raw.bufferedAmount;
  }

  get bufferedAmountLowThreshold(): number {
    return this.raw.bufferedAmountLowThreshold;
  }

  set bufferedAmountLowThreshold(bytes: number) {
    this.raw.bufferedAmountLowThreshold = bytes;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    // It has one form for texts and one for bytes.
    this.raw.send(data as string);
  }

  close(): void {
    this.#drop();
    this.raw.close();
  }

  addEventListener(type: DataChannelEvent, listener: (event: Event) => void): void {
    if (type === "open") {
      const opened = (event: Event): void => {
        listener(event);
        this.#flush();
      };
      this.#openers.set(listener, () => this.raw.removeEventListener("open", opened));
      this.raw.addEventListener("open", opened);
    } else if (type === "message") {
      this.#listener = listener;
      // Whoever attaches to an open one looks at its state first.
      if (this.raw.readyState === "open") queueMicrotask(() => this.#flush());
    } else this.raw.addEventListener(type, listener);
  }

  removeEventListener(type: DataChannelEvent, listener: (event: Event) => void): void {
    if (type === "open") this.#openers.get(listener)?.();
    if (type === "message" && this.#listener === listener) this.#drop();
    this.raw.removeEventListener(type, listener);
  }

  readonly #hold = (event: MessageEvent): void => {
    this.#held.push(event);
    this.#heldBytes += messageBytes + (contentOf(event)?.length ?? 0);
    if (this.#heldBytes > maxHeldBytes) this.close();
  };

  #flush(): void {
    const listener = this.#listener;
    if (listener === undefined || this.raw.readyState !== "open") return;
    const held = this.#held;
    this.#drop();
    this.raw.addEventListener("message", listener);
    for (const event of held) listener(event);
  }

  #drop(): void {
    this.#listener = undefined;
    this.#held = [];
    this.raw.removeEventListener("message", this.#hold);
  }
}
