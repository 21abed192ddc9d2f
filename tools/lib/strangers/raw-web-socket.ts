import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

export interface Target {
  readonly port: number;
  /** The address of this machine to come from; a relay counts by it. */
  readonly from: string;
  /** Is told of each connection that is made. */
  readonly dialled?: (socket: Socket) => void;
}

/** A connection that whoever made it may leave to itself: nothing that happens on it throws. */
export function dialTcp({ port, from, dialled }: Target): Socket {
  const socket = connect({ port, host: "127.0.0.1", localAddress: from });
  socket.on("error", () => {});
  dialled?.(socket);
  return socket;
}

/** A WebSocket made by hand: it costs its own side little, answers nothing, and sends what no library would. */
export class RawWebSocket {
  readonly socket: Socket;
  /** Bytes that have come. */
  received = 0;
  #head = "";
  #waiting: { readonly texts: readonly string[]; readonly resolve: (seen: string | undefined) => void } | undefined;

  constructor(target: Target) {
    this.socket = dialTcp(target);
    this.socket.on("data", (data) => this.#take(data));
    this.socket.on("close", () => this.#waiting?.resolve(undefined));
    const lines = [
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
      "Host: relay",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    ];
    this.socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && this.socket.writable;
  }

  /** Which of the texts was among the first bytes that came; none when the connection ended before. */
  async saw(...texts: readonly string[]): Promise<string | undefined> {
    const seen = texts.find((text) => this.#head.includes(text));
    if (seen !== undefined || this.socket.closed) return seen;
    return new Promise((resolve) => (this.#waiting = { texts, resolve }));
  }

  /** Joins a relay's namespace. @returns whether it was let in. */
  async join(auth: object): Promise<boolean> {
    if ((await this.saw('0{"sid"')) === undefined) return false;
    this.packet(`0/peerloom,${JSON.stringify({ protocol: 1, ...auth })}`);
    return (await this.saw('["welcome"', "44/peerloom")) === '["welcome"';
  }

  /** A socket.io packet. */
  packet(text: string): void {
    this.write(frame(1, `4${text}`));
  }

  write(bytes: Uint8Array): void {
    if (this.isOpen) this.socket.write(bytes);
  }

  destroy(): void {
    this.socket.destroy();
  }

  #take(data: Buffer): void {
    this.received += data.length;
    if (this.#head.length < 4096) this.#head += data.toString("latin1");
    const waiting = this.#waiting;
    const seen = waiting?.texts.find((text) => this.#head.includes(text));
    if (seen === undefined) return;
    this.#waiting = undefined;
    waiting?.resolve(seen);
  }
}

/** A client's frame, masked with zero. */
export function frame(opcode: number, payload: string | Uint8Array = ""): Buffer {
  const data = Buffer.from(payload);
  return Buffer.concat([frameHeader(opcode, data.length), data]);
}

/** What stands before a frame that says it has so many bytes. */
export function frameHeader(opcode: number, length: number): Buffer {
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const header = Buffer.alloc(size + 4);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (size === 4) header.writeUInt16BE(length, 2);
  if (size === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
