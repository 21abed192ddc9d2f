import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { RedisSettings } from "./options.ts";
import { encodeCommand, RedisError, RespReader, type Part, type Reply } from "./resp.ts";

export interface ConnectionEvents {
  /** The connection is there, and nothing has been said on it. */
  opened(): void;
  pushed(values: readonly Reply[]): void;
  /** It is over, for good. Called once. */
  closed(reason: Error): void;
}

interface Waiting {
  readonly bytes: number;
  readonly settle: (reply: Reply) => void;
}

/**
 * One connection to Redis, from its beginning to its end: commands are answered in their order, and end with it. There is no queue for later: what is
 * said on a connection that is over is answered with an error at once.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  readonly #reader = new RespReader();
  /** Commands without an answer yet; those before `#first` are answered. */
  #waiting: Waiting[] = [];
  #first = 0;
  #unanswered = 0;
  #isCorked = false;
  #closed: Error | undefined;

  constructor({ host, port, isTls, tls }: RedisSettings, events: ConnectionEvents) {
    this.#events = events;
    this.#socket = isTls ? connectTls({ host, port, servername: host, ...tls }) : connectTcp({ host, port });
    this.#socket.setNoDelay(true);
    this.#socket.setKeepAlive(true, 5000);
    this.#socket.once(isTls ? "secureConnect" : "connect", () => events.opened());
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#socket.on("error", (error) => this.close(error));
    this.#socket.on("close", () => this.close(new Error("Redis has closed the connection")));
  }

  /** Bytes of commands that Redis has not answered yet. */
  get unanswered(): number {
    return this.#unanswered;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** @throws RedisError what Redis answers; Error when the connection is over before that. */
  call(...parts: readonly Part[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.send(parts, (reply) => (reply instanceof RedisError ? reject(reply) : resolve(reply)));
    });
  }

  /** The same with a function that takes the answer, a `RedisError` at the end of the connection. */
  send(parts: readonly Part[], settle: (reply: Reply) => void): void {
    if (this.#closed !== undefined) return settle(new RedisError(this.#closed.message));
    this.#waiting.push({ bytes: this.#write(parts), settle });
  }

  /** A command that is answered by a push. */
  sendUnanswered(...parts: readonly string[]): void {
    if (this.#closed === undefined) this.#unanswered -= this.#write(parts);
  }

  /** Idempotent. */
  close(reason: Error): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#socket.destroy();
    const waiting = this.#waiting.slice(this.#first);
    this.#waiting = [];
    this.#first = 0;
    this.#unanswered = 0;
    for (const { settle } of waiting) settle(new RedisError(reason.message));
    this.#events.closed(reason);
  }

  /** What one turn has to say goes out together. */
  #write(parts: readonly Part[]): number {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    let bytes = 0;
    for (const chunk of encodeCommand(parts)) {
      bytes += chunk.length;
      this.#socket.write(chunk);
    }
    this.#unanswered += bytes;
    return bytes;
  }

  #read(chunk: Buffer): void {
    try {
      for (const message of this.#reader.read(chunk)) {
        if (this.#closed !== undefined) return;
        if ("values" in message) this.#events.pushed(message.values);
        else this.#answered(message.reply);
      }
    } catch (thrown) {
      this.close(thrown as Error);
    }
  }

  #answered(reply: Reply): void {
    const waiting = this.#waiting[this.#first];
    if (waiting === undefined) throw new Error("Redis has answered what was not asked");
    this.#first += 1;
    if (this.#first > 1024 && this.#first * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    this.#unanswered -= waiting.bytes;
    waiting.settle(reply);
  }
}
