import { PeerloomError, toWireError, type InternalPort, type PeerStream } from "@peerloom/core";
import { isUint } from "@peerloom/protocol";
import { iterate } from "./values.ts";
import { VALUES_STREAM } from "./wire.ts";

interface Offer {
  readonly to: string;
  readonly stream: object;
  /** Called once, with a reason when it was not read to its end. */
  readonly ended: (reason?: unknown) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** How long the other side may take to open what it was offered, in milliseconds. */
const openTimeoutMs = 30_000;
const maxOffers = 4096;

/**
 * Streams of values offered to peers: each under a token, for the one peer that was told it. Nothing is read from a stream before that
 * peer opens it, and no more than the peer takes. A value travels as `[value]`, the error at a stream's end as `[code, message]`.
 */
export class StreamOffers {
  readonly #offers = new Map<number, Offer>();
  /** The streams that are being read, and what ends their record. */
  readonly #pumps = new Map<PeerStream, (reason: unknown) => void>();
  #lastToken = 0;

  constructor(port: InternalPort) {
    port.onStream(VALUES_STREAM, (stream) => this.#take(stream));
    port.onGone(({ id, error }) => {
      for (const [token, { to }] of [...this.#offers]) if (to === id) this.withdraw(token, error);
    });
  }

  /** Streams that wait to be opened, or are being read. */
  get size(): number {
    return this.#offers.size + this.#pumps.size;
  }

  /** Offers a stream to a peer. @throws PeerloomError `LIMIT` when too many wait to be opened. */
  offer(to: string, stream: object, ended: (reason?: unknown) => void = () => {}): number {
    if (this.#offers.size >= maxOffers) throw new PeerloomError("LIMIT", `${maxOffers} streams already wait to be opened`);
    const token = (this.#lastToken += 1);
    const expire = (): void => this.withdraw(token, new PeerloomError("TIMEOUT", `nobody read the stream within ${openTimeoutMs} ms`));
    this.#offers.set(token, { to, stream, ended, timer: setTimeout(expire, openTimeoutMs) });
    return token;
  }

  /** Takes back what was not opened yet; what was goes on. */
  withdraw(token: number, reason: unknown): void {
    const offer = this.#remove(token);
    if (offer === undefined) return;
    finish(() => iterate(offer.stream));
    offer.ended(reason);
  }

  close(error: PeerloomError): void {
    for (const token of [...this.#offers.keys()]) this.withdraw(token, error);
    for (const [stream, ended] of [...this.#pumps]) {
      stream.destroy(error);
      ended(error);
    }
  }

  #remove(token: number): Offer | undefined {
    const offer = this.#offers.get(token);
    this.#offers.delete(token);
    clearTimeout(offer?.timer);
    return offer;
  }

  #take(stream: PeerStream): void {
    const token = stream.metadata;
    const isTheirs = isUint(token) && this.#offers.get(token)?.to === stream.peer;
    const offer = isTheirs ? this.#remove(token) : undefined;
    if (offer === undefined) throw new PeerloomError("NO_HANDLER", "no stream was offered under this token");
    const ended = (reason?: unknown): void => {
      if (this.#pumps.delete(stream)) offer.ended(reason);
    };
    this.#pumps.set(stream, ended);
    // Never rejects.
    void pump(offer.stream, stream, ended).then(ended);
  }
}

/**
 * Sends all values of `source`. Resolves, with a reason when the other side did not read them all; `stopped` is told that at once, when
 * the source may still be at work on its next value.
 */
async function pump(source: object, stream: PeerStream, stopped: (reason: unknown) => void): Promise<unknown> {
  const end: { reason?: unknown } = {};
  let iterator: AsyncIterator<unknown> | undefined;
  try {
    const values = (iterator = iterate(source));
    const writer = stream.writable.getWriter();
    writer.closed.catch((reason: unknown) => {
      end.reason = reason;
      finish(() => values);
      stopped(reason);
    });
    await send(values, writer, end);
    await writer.close();
  } catch (thrown) {
    // What cannot be carried has broken the writer, but the other side does not know yet.
    stream.destroy(thrown);
    if (end.reason === undefined) finish(() => iterator);
    return end.reason ?? thrown;
  }
  return end.reason;
}

async function send(
  iterator: AsyncIterator<unknown>,
  writer: WritableStreamDefaultWriter<unknown>,
  end: { readonly reason?: unknown },
): Promise<void> {
  for (;;) {
    let result: IteratorResult<unknown>;
    try {
      result = await iterator.next();
    } catch (thrown) {
      const { code, message } = toWireError(thrown);
      return writer.write([code, message]);
    }
    if (end.reason !== undefined) throw end.reason;
    if (result.done === true) return;
    await writer.write([result.value]);
  }
}

/** Lets an iterator go; what it throws on the way out concerns nobody any more. */
function finish(iterator: () => AsyncIterator<unknown> | undefined): void {
  try {
    iterator()
      ?.return?.()
      .then(undefined, () => {});
  } catch {
    // The same, thrown at once.
  }
}
