import type { ServerResponse } from "node:http";

const maxStreams = 16;
/** What waits for one reader before it is taken for gone, in bytes. */
const maxWaitingBytes = 1_048_576;

/** Those who look at the page: each is an event stream, fed until its session ends or it stops reading. */
export class Live {
  readonly #streams = new Map<ServerResponse, string>();

  get size(): number {
    return this.#streams.size;
  }

  get isFull(): boolean {
    return this.#streams.size >= maxStreams;
  }

  /** Begins a stream for the session of this token, with a first message. */
  open(response: ServerResponse, token: string, message: string): void {
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no" });
    response.write(`retry: 1000\n\n${toEvent(message)}`);
    this.#streams.set(response, token);
    response.once("close", () => this.#streams.delete(response));
  }

  /** Sends a message to all whose session is still there; ends the others. */
  send(message: string, isAllowed: (token: string) => boolean): void {
    const event = toEvent(message);
    for (const [response, token] of this.#streams) {
      if (response.writableLength > maxWaitingBytes) response.destroy();
      else if (isAllowed(token)) response.write(event);
      else response.end();
    }
  }

  /** Ends the streams of one session, or all. */
  end(token?: string): void {
    for (const [response, owner] of this.#streams) if (token === undefined || owner === token) response.end();
  }
}

/** JSON has no line breaks, so a message is one line. */
function toEvent(json: string): string {
  return `data: ${json}\n\n`;
}
