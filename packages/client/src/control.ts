import { abortError, deadline, deferred, PeerloomError } from "@peerloom/core";
import { parseReply, type ControlRequests, type ControlType } from "@peerloom/protocol";
import { parseReplyValue, type ControlOptions, type ControlReplies } from "./replies.ts";

interface Pending {
  readonly body: object;
  settle(reply: unknown): void;
  fail(error: PeerloomError): void;
}

export interface ControlChannelOptions {
  /** Hands a request to the relay; false when there is no connection. */
  readonly send: (body: object, ack: (...reply: unknown[]) => void) => boolean;
  /** How long a request waits unless it says otherwise, in milliseconds. */
  readonly timeoutMs: number;
  readonly malformed: (what: string) => void;
}

const maxPending = 4096;

/**
 * Requests to the relay. All are idempotent, so those that were not answered when the connection broke are sent again with
 * the next one, in the same order, until their time is over.
 */
export class ControlChannel {
  readonly #options: ControlChannelOptions;
  readonly #pending = new Set<Pending>();
  #closed: PeerloomError | undefined;

  constructor(options: ControlChannelOptions) {
    this.#options = options;
  }

  /** Requests that wait for their reply. */
  get size(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request and resolves to its checked reply.
   *
   * @throws PeerloomError with the relay's code when it refuses, `TIMEOUT`, `ABORTED`, `CLOSED`, `OVERFLOW` when too many wait,
   *   `PROTOCOL_ERROR` when the reply is malformed.
   */
  async request<T extends ControlType>(type: T, body: ControlRequests[T], options: ControlOptions<T> = {}): Promise<ControlReplies[T]> {
    if (this.#closed !== undefined) throw this.#closed;
    if (this.#pending.size >= maxPending) throw new PeerloomError("OVERFLOW", `${maxPending} requests already wait for the relay`);
    if (options.signal?.aborted) throw abortError(options.signal);
    const { promise, resolve, reject } = deferred<ControlReplies[T]>();
    const end = (): void => {
      stop();
      this.#pending.delete(pending);
    };
    const pending: Pending = {
      body: { type, ...body },
      fail: (error) => {
        end();
        reject(error);
      },
      settle: (raw) => {
        if (!this.#pending.has(pending)) return;
        const reply = this.#read(type, body, raw);
        if (reply instanceof PeerloomError) return pending.fail(reply);
        end();
        options.onReply?.(reply.value);
        resolve(reply.value);
      },
    };
    const wait = { timeoutMs: this.#options.timeoutMs, ...options };
    const stop = deadline(wait, `the relay's answer to "${type}"`, (error) => pending.fail(error));
    this.#pending.add(pending);
    this.#send(pending);
    return promise;
  }

  /** There is a new connection: runs `first`, whose requests come first, and then asks again what was not answered. */
  connected(first: () => void): void {
    const unanswered = [...this.#pending];
    first();
    for (const pending of unanswered) if (this.#pending.has(pending)) this.#send(pending);
  }

  /** Rejects all that wait, and all that come later. */
  close(error: PeerloomError): void {
    this.#closed = error;
    for (const pending of [...this.#pending]) pending.fail(error);
  }

  #send(pending: Pending): void {
    this.#options.send(pending.body, (...reply) => {
      // A socket with an `ackTimeout` of its own passes an error first; our own timeout is the one that counts.
      const value = reply.at(-1);
      if (!(value instanceof Error)) pending.settle(value);
    });
  }

  #read<T extends ControlType>(type: T, body: ControlRequests[T], raw: unknown): { readonly value: ControlReplies[T] } | PeerloomError {
    const reply = parseReply(raw);
    if (reply?.ok === false) return new PeerloomError(reply.error.code, reply.error.message);
    const value = reply && parseReplyValue[type](reply.value, body);
    if (value !== undefined) return { value };
    this.#options.malformed(`reply to ${type}`);
    return new PeerloomError("PROTOCOL_ERROR", `the relay's answer to "${type}" is malformed`);
  }
}
