import { Decoder, Encoder, PacketType, type Packet } from "socket.io-parser";
import { afterDispatch } from "./after-dispatch.ts";
import { decodeLean, encodeLean, isLean } from "./lean.ts";

export { encodeLean } from "./lean.ts";

/** The event as which a packet (`p`) is emitted that leaves in the lean form. It arrives as `p`. */
export const LEAN_EVENT = "lean";

/** Takes packets that came in the lean form: `p`, id, text, …attachments; towards the relay `p`, id, serial, text, …attachments. */
export type PacketSink = (event: unknown[]) => void;

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
        const isOurs = packet.type === PacketType.EVENT && packet.nsp === namespace && packet.data?.[0] === LEAN_EVENT;
        return isOurs ? encodeEvent(packet.data as unknown[]) : super.encode(packet);
      }
    };
    this.Decoder = class extends PacketDecoder {
      constructor() {
        super(namespace);
      }
    };
  }
}

/** The decoder of one connection. */
export class PacketDecoder extends Decoder {
  /**
   * Takes packets in the lean form at once, without socket.io's dispatch, which would cost more than reading them. They do not overtake
   * what goes through it.
   */
  sink: PacketSink | undefined;
  readonly namespace: string;
  /** Messages that socket.io has not dispatched yet. */
  #underWay = 0;
  #head: unknown[] | undefined;
  #missing = 0;

  constructor(namespace: string) {
    super();
    this.namespace = namespace;
  }

  override add(message: unknown): void {
    if (this.#head !== undefined) return this.#attach(this.#head, message);
    if (!isLean(message)) {
      super.add(message);
      return this.#dispatching();
    }
    const { attachments, event } = decodeLean(message);
    if (attachments === 0) return this.#done(event);
    this.#head = event;
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

  #done(event: unknown[]): void {
    if (this.sink !== undefined && this.#underWay === 0) return this.sink(event);
    this.emitReserved("decoded", { type: PacketType.EVENT, nsp: this.namespace, data: event });
    this.#dispatching();
  }

  #dispatching(): void {
    if (this.sink === undefined) return;
    this.#underWay += 1;
    afterDispatch(this.#dispatched);
  }

  readonly #dispatched = (): void => {
    this.#underWay -= 1;
  };
}

/** The decoder that a connection of socket.io (a `Manager`, a server's `Client`) has, if it is one of these, and for this namespace. */
export function decoderOf(connection: object, namespace: unknown): PacketDecoder | undefined {
  const decoder: unknown = Reflect.get(connection, "decoder");
  return decoder instanceof PacketDecoder && decoder.namespace === namespace ? decoder : undefined;
}

/** `lean`, id, text, …attachments; or `lean`, id, serial, text, …attachments. */
function encodeEvent(event: readonly unknown[]): unknown[] {
  const serial = typeof event[2] === "number" ? event[2] : undefined;
  const textAt = serial === undefined ? 2 : 3;
  return encodeLean(String(event[1]), serial, String(event[textAt]), event.length > textAt + 1 ? event.slice(textAt + 1) : none);
}

const none: readonly unknown[] = [];
