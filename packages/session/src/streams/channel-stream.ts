import { abortError, type PeerStream } from "@peerloom/core";
import type { Channel } from "./channel.ts";
import { WebPair } from "./web-pair.ts";

/** A `PeerStream` on a channel: a pair of web streams, or what an adapter makes of it. */
export class ChannelStream implements PeerStream {
  readonly peer: string;
  readonly name: string;
  readonly metadata: unknown;
  readonly #channel: Channel;
  #pair: WebPair | undefined;
  #isTaken = false;

  constructor({ peer, name, metadata }: Pick<PeerStream, "peer" | "name" | "metadata">, channel: Channel) {
    this.peer = peer;
    this.name = name;
    this.metadata = metadata;
    this.#channel = channel;
  }

  get readable(): ReadableStream<unknown> {
    return this.#web().readable;
  }

  get writable(): WritableStream<unknown> {
    return this.#web().writable;
  }

  destroy(error?: unknown): void {
    this.#channel.destroy(error);
  }

  /** Destroys the stream when the signal aborts; lets go of the signal when the stream is done. */
  destroyOn(signal: AbortSignal): void {
    const abort = (): void => this.destroy(abortError(signal));
    signal.addEventListener("abort", abort, { once: true });
    this.#channel.onFinished(() => signal.removeEventListener("abort", abort));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#channel.isFinished) this.destroy();
  }

  /** The channel, for an adapter that takes the place of the web streams. @throws TypeError when it was taken before. */
  take(): Channel {
    if (this.#isTaken || this.#pair !== undefined) throw new TypeError("this stream is already in use");
    this.#isTaken = true;
    return this.#channel;
  }

  #web(): WebPair {
    if (this.#isTaken) throw new TypeError("this stream is already in use");
    return (this.#pair ??= new WebPair(this.#channel));
  }
}
