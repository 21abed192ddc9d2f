import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Opcodes of WebSocket frames. */
export const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A WebSocket made by hand, so that a test can send what no library would, and can stop reading. */
export class RawSocket implements Disposable {
  readonly socket: Socket;
  /** The last payloads that came, joined. */
  received = "";
  /** The relay has ended the connection, or wants to. */
  isClosed = false;
  /** Whether the relay's closing handshake is answered. */
  isPolite = true;
  readonly closed: Promise<void>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.isClosed = true;
        resolve();
      });
    });
    socket.on("error", () => {});
    socket.on("data", (data) => this.#read(data));
  }

  /** Takes the HTTP answer and then frames apart; a server's frames are not masked. */
  #read(data: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, data]);
    for (;;) {
      const head = this.received === "" ? this.#rest.indexOf("\r\n\r\n") : -1;
      if (this.received === "" && head < 0) return;
      const [from, to] = head >= 0 ? [0, head + 4] : frameBounds(this.#rest);
      if (to > this.#rest.length) return;
      if (head < 0 && ((this.#rest[0] ?? 0) & 15) === opcodes.close) this.#answerClose();
      this.received = (this.received + this.#rest.subarray(from, to).toString()).slice(-100_000);
      this.#rest = this.#rest.subarray(to);
    }
  }

  #answerClose(): void {
    this.isClosed = true;
    if (!this.isPolite) return;
    this.frame(opcodes.close);
    this.socket.end();
  }

  /** A client's frame: masked, as it must be. */
  frame(opcode: number, payload: string | Uint8Array = ""): void {
    this.write(maskedFrame(opcode, payload));
  }

  /** An engine.io message that is a socket.io packet, like `2/peerloom,["p"]`. */
  packet(text: string): void {
    this.frame(opcodes.text, `4${text}`);
  }

  /** Any bytes. */
  write(bytes: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** Resolves when all that was written has left, or the socket is closed. */
  async flushed(): Promise<void> {
    if (this.socket.writableNeedDrain && !this.isClosed) await Promise.race([once(this.socket, "drain"), this.closed]);
  }

  /** Resolves when the text has come, or the relay has closed the connection. */
  async sawOrClosed(text: string): Promise<void> {
    while (!this.received.includes(text) && !this.isClosed) await Promise.race([once(this.socket, "data"), this.closed]);
  }

  /** Resolves when the text has come; rejects when the connection is closed first. */
  async saw(text: string): Promise<void> {
    await this.sawOrClosed(text);
    if (!this.received.includes(text)) throw new Error(`closed before "${text}" came`);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** Opens a WebSocket to a relay, and no more. */
export async function openRaw(url: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const raw = new RawSocket(socket);
  await once(socket, "connect");
  raw.write(
    [
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
      `Host: ${hostname}:${port}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
      "\r\n",
    ].join("\r\n"),
  );
  await raw.saw('0{"sid"');
  return raw;
}

/** Opens a WebSocket and joins the relay's namespace. */
export async function joinRaw(url: string, clientId: string, instance: string): Promise<RawSocket> {
  const raw = await openRaw(url);
  raw.packet(`0/peerloom,${JSON.stringify({ protocol: 1, instance, clientId })}`);
  await raw.saw('["welcome"');
  return raw;
}

/** A masked WebSocket frame. */
export function maskedFrame(opcode: number, payload: string | Uint8Array): Buffer {
  const data = Buffer.from(payload);
  const mask = Buffer.from([1, 2, 3, 4]);
  const header = lengthHeader(opcode, data.length);
  for (let index = 0; index < data.length; index++) data[index] = (data[index] ?? 0) ^ ((index & 3) + 1);
  return Buffer.concat([header, mask, data]);
}

/** Where the payload of the first frame begins and ends; endless while its header is incomplete. */
function frameBounds(data: Buffer): [from: number, to: number] {
  const short = (data[1] ?? 0) & 127;
  const from = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (data.length < from) return [0, Infinity];
  const length = short < 126 ? short : short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2));
  return [from, from + length];
}

function lengthHeader(opcode: number, length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | opcode, 0x80 | length]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (length < 65_536 ? 126 : 127);
  if (length < 65_536) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
