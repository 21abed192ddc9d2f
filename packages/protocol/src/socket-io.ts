import { Decoder, Encoder, PacketType, type Packet } from "socket.io-parser";
import { WIRE } from "./limits.ts";

/** The event as which a packet (`p`) is emitted that leaves in the lean form. It arrives as `p`. */
export const LEAN_EVENT = "lean";

/**
 * socket.io's own parser, which knows the lean form of packets besides (docs/protocol.md section 2.6): for the option `parser` of a socket.io
 * `Server` or a `Manager`. All other packets, and those of other namespaces, have socket.io's form. One for each namespace.
 */
export class SocketParser {
  readonly namespace: string;
  readonly Encoder: new () => Encoder;
  readonly Decoder: new () => Decoder;

  constructor(namespace: string) {
    this.namespace = namespace;
    this.Encoder = class extends Encoder {
      override encode(packet: Packet): unknown[] {
        const isLean = packet.type === PacketType.EVENT && packet.nsp === namespace && isLeanEvent(packet.data);
        return isLean ? encodeLean(packet.data as LeanArguments) : super.encode(packet);
      }
    };
    this.Decoder = class extends Decoder {
      #head: unknown[] | undefined;
      #missing = 0;

      override add(message: unknown): void {
        if (this.#head !== undefined) return this.#attach(this.#head, message);
        if (typeof message !== "string" || message.charCodeAt(0) !== LEAN_MARK) return super.add(message);
        const { attachments, data } = decodeLean(message);
        if (attachments === 0) return this.#done(data);
        this.#head = data;
        this.#missing = attachments;
      }

      override destroy(): void {
        this.#head = undefined;
        super.destroy();
      }

      #attach(head: unknown[], message: unknown): void {
        if (typeof message === "string") throw new Error("text in place of a packet's attachment");
        head.push(message);
        this.#missing -= 1;
        if (this.#missing > 0) return;
        this.#head = undefined;
        this.#done(head);
      }

      #done(data: unknown[]): void {
        this.emitReserved("decoded", { type: PacketType.EVENT, nsp: namespace, data });
      }
    };
  }
}

/** `lean`, id, text, …attachments; or `lean`, id, serial, text, …attachments. */
type LeanArguments = readonly [event: string, id: string, ...rest: unknown[]];

/** socket.io's own packets begin with a digit. */
const LEAN_MARK = "p".charCodeAt(0);
const COMMA = ",".charCodeAt(0);
const ZERO = "0".charCodeAt(0);

function isLeanEvent(data: unknown): boolean {
  return Array.isArray(data) && data[0] === LEAN_EVENT;
}

function encodeLean(data: LeanArguments): unknown[] {
  const hasSerial = typeof data[2] === "number";
  const attachments = data.slice(hasSerial ? 4 : 3);
  const serial = hasSerial ? String(data[2]) : "";
  const text = String(hasSerial ? data[3] : data[2]);
  return [`p${attachments.length},${serial},${data[1]}\n${text}`, ...attachments];
}

/** @throws Error when the message is malformed; socket.io closes the connection then, as it does for its own form. */
function decodeLean(message: string): { readonly attachments: number; readonly data: unknown[] } {
  const attachments = message.charCodeAt(1) - ZERO;
  const comma = message.indexOf(",", 3);
  const end = message.indexOf("\n");
  if (!(attachments >= 0 && attachments <= WIRE.maxAttachments) || message.charCodeAt(2) !== COMMA || comma < 0 || end < comma)
    throw new Error("malformed packet");
  const id = message.slice(comma + 1, end);
  const text = message.slice(end + 1);
  return { attachments, data: comma === 3 ? ["p", id, text] : ["p", id, Number(message.slice(3, comma)), text] };
}
