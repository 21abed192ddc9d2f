import { PeerloomError } from "@peerloom/core";
import { openBytes, sealBytes, type Identity } from "@peerloom/core/crypto";
import { encodeEnvelope, encodeHead, withSignature, type Card, type Envelope, type Head } from "../messages/envelope.ts";
import { SIGNAL } from "../messages/limits.ts";
import { encodeSignal, isPairSignal, parseSignal } from "../messages/parse-signal.ts";
import type { PairSignal } from "../messages/signal.ts";
import { Lanes } from "./lanes.ts";
import type { Seal } from "./seal.ts";
import { checkSignature, signedText } from "./signature.ts";

/** What is needed to seal; the same for all pairs of a stay, but for the seal and the other's key. */
export interface PairSecrets {
  readonly identity: Identity;
  readonly card: Card;
  readonly theirCard: Card;
  readonly seal: Promise<Seal>;
}

export interface PairOptions {
  readonly room: string;
  readonly own: { readonly id: string; readonly instance: string };
  readonly id: string;
  readonly instance: string;
  readonly session: string;
  readonly isOpener: boolean;
  readonly secrets?: PairSecrets | undefined;
  readonly onClose: () => void;
}

/** What two peers say to each other by a driver: numbered, and sealed and signed unless that is off. Knows no connection. */
export class SignalPair {
  /** The other peer. */
  readonly id: string;
  /** Its stay in the room. */
  readonly instance: string;
  readonly session: string;
  /** Did this side open the session: is the other the newcomer? */
  readonly isOpener: boolean;
  /** The key the other signs with, for `fingerprintOf`; undefined when nothing is sealed. */
  readonly publicKey: string | undefined;
  /** What the other presented; with it `Signaler.meet` opens another session. */
  readonly card: Card | undefined;
  readonly #options: PairOptions;
  readonly #outgoing = new Lanes({ maxCount: 256, maxBytes: 64 * SIGNAL.maxBytes });
  #said = 0;
  #heard = 0;
  #isClosed = false;

  constructor(options: PairOptions) {
    this.id = options.id;
    this.instance = options.instance;
    this.session = options.session;
    this.isOpener = options.isOpener;
    this.publicKey = options.secrets?.theirCard.sign;
    this.card = options.secrets?.theirCard;
    this.#options = options;
  }

  /**
   * The bytes to publish to the other's namespace. Numbered as called, and resolved in that order.
   *
   * @throws PeerloomError `TOO_LARGE`, `OVERFLOW` when too much waits to be sealed, `CLOSED` after close.
   */
  async seal(signal: PairSignal): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#isClosed) throw this.#closedError();
    const body = encodeSignal(signal);
    if (body.byteLength + SIGNAL.maxHeadBytes > SIGNAL.maxBytes || parseSignal(body) === undefined)
      throw new PeerloomError("TOO_LARGE", `${signal.type} of ${body.byteLength} bytes breaks a limit of signaling`);
    return this.#outgoing.run("", body.byteLength, () => this.#write(signal, body));
  }

  /**
   * What the other said. Called with one message after the other; `isVerified` when the message's signature was checked already.
   *
   * @throws PeerloomError `FORGED`, `STALE`, `BAD_SIGNAL`, `PROTOCOL_MISMATCH` when the other seals and this side does not.
   */
  async open(envelope: Envelope, { isVerified = false }: { readonly isVerified?: boolean } = {}): Promise<PairSignal> {
    const { head } = envelope;
    const { own, secrets, room } = this.#options;
    if (this.#isClosed) throw new PeerloomError("STALE", `the session with "${this.id}" is over`);
    if (head.from !== this.id || head.instance !== this.instance || head.to !== own.instance)
      throw new PeerloomError("FORGED", `a message of the session with "${this.id}" is not between the two of it`);
    if (head.n <= this.#heard) throw new PeerloomError("STALE", `message ${head.n} of "${this.id}" comes after message ${this.#heard}`);
    const mustVerify = secrets !== undefined && envelope.signature !== undefined && !isVerified;
    const [body] = await Promise.all([
      secrets === undefined ? plain(envelope) : this.#unseal(envelope, secrets),
      mustVerify ? checkSignature(room, envelope, secrets.theirCard.sign) : undefined,
    ]);
    const signal = parseSignal(body);
    if (secrets !== undefined && envelope.signature === undefined && (signal?.type === "offer" || signal?.type === "answer"))
      throw new PeerloomError("FORGED", `the ${signal.type} in the name of "${this.id}" does not bear its signature`);
    this.#heard = head.n;
    if (signal === undefined || !isPairSignal(signal))
      throw new PeerloomError("BAD_SIGNAL", `"${this.id}" sent what is no signal for a pair`);
    return signal;
  }

  /** Forgets the session: what comes of it later is stale. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.onClose();
  }

  async #write(signal: PairSignal, body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#isClosed) throw this.#closedError();
    const { own, secrets, room } = this.#options;
    this.#said += 1;
    const isFirst = this.isOpener && this.#said === 1;
    const head: Head = {
      from: own.id,
      instance: own.instance,
      n: this.#said,
      to: this.instance,
      session: this.session,
      ...(isFirst && secrets !== undefined ? { card: secrets.card } : {}),
    };
    const headBytes = encodeHead(head);
    if (secrets === undefined) return encodeEnvelope(headBytes, body, { isSealed: false, isSigned: false });
    const { outgoing } = await secrets.seal;
    const sealed = await sealBytes(outgoing, head.n, headBytes, body);
    // The first, because it brings the key; descriptions, so that the fingerprints in them are signed.
    const isSigned = isFirst || signal.type === "offer" || signal.type === "answer";
    const bytes = encodeEnvelope(headBytes, sealed, { isSealed: true, isSigned });
    return isSigned ? withSignature(bytes, await secrets.identity.sign(signedText(room, bytes))) : bytes;
  }

  async #unseal({ head, headBytes, isSealed, body }: Envelope, { seal }: PairSecrets): Promise<Uint8Array<ArrayBuffer>> {
    if (!isSealed) throw new PeerloomError("FORGED", `a message in the name of "${this.id}" is not sealed`);
    const { incoming } = await seal;
    try {
      return await openBytes(incoming, head.n, headBytes, body);
    } catch (cause) {
      throw new PeerloomError("FORGED", `a message in the name of "${this.id}" was not sealed by it for this peer, or was changed`, {
        cause,
      });
    }
  }

  #closedError(): PeerloomError {
    return new PeerloomError("CLOSED", `the session with "${this.id}" is over`);
  }
}

/** What an unsealed message says. @throws PeerloomError `PROTOCOL_MISMATCH` when it is sealed, and this peer does not seal. */
function plain({ head, isSealed, body }: Envelope): Uint8Array<ArrayBuffer> {
  if (isSealed) throw new PeerloomError("PROTOCOL_MISMATCH", `"${head.from}" seals what it says, and this peer does not`);
  return body;
}
