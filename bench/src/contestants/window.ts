/**
 * The flow control that a careful user writes by hand: count what is under way, stop at a limit, go on when the receiver
 * has confirmed a part. Without it, the sender's and the relay's queues grow without bound, and both get slower.
 */
export class Window {
  readonly #sendAck: (received: number) => void;
  #size = 1000;
  #sent = 0;
  #acked = 0;
  #received = 0;
  #told = 0;
  #open: (() => void) | undefined;

  constructor(sendAck: (received: number) => void) {
    this.#sendAck = sendAck;
  }

  /** Starts to count anew. Nothing may be under way. */
  reset(size: number): void {
    this.#size = size;
    this.#sent = this.#acked = this.#received = this.#told = 0;
  }

  /** Counts a sent message; false when the window is full. */
  sent(): boolean {
    return ++this.#sent - this.#acked < this.#size;
  }

  /** Counts a received message, and confirms each quarter of a window. */
  received(): void {
    if (++this.#received - this.#told < this.#size / 4) return;
    this.#told = this.#received;
    this.#sendAck(this.#received);
  }

  acked(received: number): void {
    this.#acked = received;
    if (this.#sent - received < this.#size) this.#open?.();
  }

  drained(): Promise<void> {
    if (this.#sent - this.#acked < this.#size) return Promise.resolve();
    return new Promise((resolve) => {
      this.#open = resolve;
    });
  }
}
