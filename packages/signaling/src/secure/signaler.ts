import { PeerloomError } from "@peerloom/core";
import { createAgreeKeys, mayBear, randomId, type Identity } from "@peerloom/core/crypto";
import { checkMetadata, checkName, instanceOf, metadataBytes, type Metadata } from "@peerloom/protocol";
import {
  encodeEnvelope,
  encodeHead,
  parseEnvelope,
  SIGNALING_VERSION,
  versionOf,
  withSignature,
  type Card,
  type Envelope,
} from "../messages/envelope.ts";
import { SIGNAL } from "../messages/limits.ts";
import { encodeSignal, isRoomSignal, parseSignal } from "../messages/parse-signal.ts";
import type { PairSignal, RoomSignal } from "../messages/signal.ts";
import { Lanes } from "./lanes.ts";
import { SignalPair, type PairSecrets } from "./pair.ts";
import { Pins } from "./pins.ts";
import { agreeOnSeal } from "./seal.ts";
import { checkSignature, signedText } from "./signature.ts";

export interface SignalerOptions {
  readonly room: string;
  /** This peer's id. @defaultValue the identity's own id; a random one without an identity */
  readonly id?: string;
  /** Seals and signs all that is said, and takes nothing that is not. Without it everything is in clear and proves nothing. */
  readonly identity?: Identity;
  /** Told in announcements where nothing is sealed; otherwise peers say it to each other. */
  readonly metadata?: Metadata;
  /** Pairs at most; @defaultValue 1024 */
  readonly maxPairs?: number;
  /** Ids whose keys are remembered, and stays whose last session is; @defaultValue 4096 */
  readonly maxPins?: number;
  /** The time in milliseconds. @defaultValue Date.now */
  readonly now?: () => number;
}

/** A newcomer that told the room that it is here; `Signaler.meet` opens a session with it. */
export interface Announcement {
  readonly type: "announce";
  readonly id: string;
  readonly instance: string;
  /** In clear, and only where nothing is sealed. */
  readonly metadata?: Metadata | undefined;
  readonly card?: Card | undefined;
}

/** A peer that told the room that it goes. */
export interface Departure {
  readonly type: "leave";
  readonly id: string;
  readonly instance: string;
}

/** What came to this peer's own namespace. */
export interface Received {
  readonly pair: SignalPair;
  readonly signal: PairSignal;
  /** Has the other side just opened the session? */
  readonly isNew: boolean;
}

interface Secrets {
  readonly identity: Identity;
  readonly card: Card;
  readonly agreeKey: CryptoKey;
}

/**
 * Begins a stay in a room: what is said and heard in it. Knows no driver and no connection: it makes bytes to publish, and reads
 * bytes that came.
 *
 * @throws PeerloomError `NO_CRYPTO` when there is an identity and the platform has no WebCrypto.
 */
export async function createSignaler(options: SignalerOptions): Promise<Signaler> {
  const { identity, now = Date.now } = options;
  if (identity === undefined) return new Signaler(options, undefined);
  const keys = await createAgreeKeys();
  const card: Card = { sign: identity.publicKey, agree: keys.publicKey, since: identity.beginStay(now()) };
  return new Signaler(options, { identity, card, agreeKey: keys.privateKey });
}

/** One peer's stay in a room; see `createSignaler`. */
export class Signaler {
  readonly id: string;
  /** The random id of this stay. */
  readonly instance: string = randomId();
  readonly isSealing: boolean;
  readonly #room: string;
  readonly #metadata: Metadata | undefined;
  readonly #secrets: Secrets | undefined;
  readonly #pins: Pins;
  readonly #pairs = new Map<string, SignalPair>();
  readonly #maxPairs: number;
  readonly #maxPins: number;
  readonly #lanes = new Lanes({ maxCount: 1024, maxBytes: 64 * SIGNAL.maxBytes });
  /** The number of the last session each peer's stay opened with this one: an earlier one is a replay. */
  readonly #openedBy = new Map<string, number>();
  #said = 0;
  #opened = 0;

  constructor({ room, id, identity, metadata, maxPairs = 1024, maxPins = 4096 }: SignalerOptions, secrets: Secrets | undefined) {
    this.id = checkName(id ?? identity?.id ?? randomId(), "a peer's id");
    this.isSealing = secrets !== undefined;
    this.#room = room;
    this.#metadata = checkMetadata(metadata);
    if (metadataBytes(metadata) > SIGNAL.maxMetadataBytes)
      throw new PeerloomError("TOO_LARGE", `metadata of ${metadataBytes(metadata)} bytes is more than ${SIGNAL.maxMetadataBytes}`);
    this.#secrets = secrets;
    this.#maxPairs = maxPairs;
    this.#maxPins = maxPins;
    this.#pins = new Pins(maxPins);
    if (secrets !== undefined) {
      this.#pins.admit(this.id, this.instance, secrets.card);
      this.#pins.hold(this.id);
    }
  }

  /** Pairs that are open. */
  get pairCount(): number {
    return this.#pairs.size;
  }

  /** The bytes to publish to the room, once its namespace and this peer's own are subscribed. May be said again: members that know it ignore it. */
  announce(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#sayToRoom({ type: "announce", ...(this.isSealing ? {} : { metadata: this.#metadata }) });
  }

  /** The bytes to publish to the room before this peer goes. */
  leave(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#sayToRoom({ type: "leave" });
  }

  /**
   * Reads what came to the room's namespace; undefined for what this peer said itself. In order for each sender.
   *
   * @throws PeerloomError `BAD_SIGNAL`, `FORGED`, `STALE`, `PROTOCOL_MISMATCH`, `CLIENT_ID_TAKEN` for a later stay under this peer's id, `OVERFLOW`, `LIMIT`.
   */
  async hear(bytes: Uint8Array): Promise<Announcement | Departure | undefined> {
    const envelope = parse(bytes);
    const { from, instance, session } = envelope.head;
    if (session !== undefined) throw new PeerloomError("BAD_SIGNAL", `"${from}" told the room what is for one peer`);
    if (from === this.id && instance === this.instance) return undefined;
    return this.#lanes.run(`room ${from}`, bytes.byteLength, () => this.#readRoom(envelope));
  }

  /**
   * Opens a session with a newcomer. Nothing is said yet: the first to be sealed is `greet`, `offer` or `refuse`.
   *
   * @throws PeerloomError `LIMIT` when there are `maxPairs`.
   */
  meet({ id, instance, card }: Pick<Announcement, "id" | "instance" | "card">): SignalPair {
    this.#opened += 1;
    const session = `${this.instance}.${this.#opened}`;
    return this.#addPair(id, instance, session, this.#secretsFor(id, instance, session, card));
  }

  /**
   * Reads what came to this peer's own namespace. In order for each sender.
   *
   * @throws PeerloomError `BAD_SIGNAL`, `FORGED`, `STALE`, `PROTOCOL_MISMATCH`, `OVERFLOW`, `LIMIT`.
   */
  async receive(bytes: Uint8Array): Promise<Received> {
    const envelope = parse(bytes);
    const { from, to, session } = envelope.head;
    if (session === undefined) throw new PeerloomError("BAD_SIGNAL", `"${from}" told one peer what is for the room`);
    if (to !== this.instance) throw new PeerloomError("STALE", `"${from}" speaks to another or an earlier stay than this one`);
    return this.#lanes.run(from, bytes.byteLength, () => this.#readPair(envelope, session));
  }

  /** Closes all pairs and forgets all keys. */
  close(): void {
    for (const pair of [...this.#pairs.values()]) pair.close();
    this.#pins.clear();
    this.#openedBy.clear();
  }

  async #sayToRoom(signal: RoomSignal): Promise<Uint8Array<ArrayBuffer>> {
    this.#said += 1;
    const secrets = this.#secrets;
    const head = encodeHead({
      from: this.id,
      instance: this.instance,
      n: this.#said,
      ...(secrets === undefined ? {} : { card: secrets.card }),
    });
    const bytes = encodeEnvelope(head, encodeSignal(signal), { isSealed: false, isSigned: secrets !== undefined });
    return secrets === undefined ? bytes : withSignature(bytes, await secrets.identity.sign(signedText(this.#room, bytes)));
  }

  async #readRoom(envelope: Envelope): Promise<Announcement | Departure | undefined> {
    const { from: id, instance, n, card } = envelope.head;
    await this.#checkSender(envelope, n);
    const signal = envelope.isSealed ? undefined : parseSignal(envelope.body);
    if (signal === undefined || !isRoomSignal(signal))
      throw new PeerloomError("BAD_SIGNAL", `"${id}" told the room what is no signal for it`);
    // The last word of an earlier stay may come late; an announcement is somebody's who is here now.
    if (id === this.id && signal.type === "leave") return undefined;
    if (id === this.id) throw new PeerloomError("CLIENT_ID_TAKEN", `another peer is in the room under this one's id "${id}"`);
    if (signal.type === "announce") return { type: "announce", id, instance, metadata: signal.metadata, card };
    this.#pins.leave(id);
    return { type: "leave", id, instance };
  }

  async #readPair(envelope: Envelope, session: string): Promise<Received> {
    const known = this.#pairs.get(keyOf(envelope.head.from, session));
    if (known !== undefined) return { pair: known, signal: await known.open(envelope), isNew: false };
    const { from: id, instance, n, card } = envelope.head;
    const number = Number(session.slice(session.indexOf(".") + 1));
    const isOpening = n === 1 && instanceOf(session) === instance && number > (this.#openedBy.get(keyOf(id, instance)) ?? 0);
    if (!isOpening) throw new PeerloomError("STALE", `"${id}" speaks in a session that is over or never began`);
    // The keys are agreed on while the signature is checked: a session opens sooner.
    const secrets = this.#secretsFor(id, instance, session, card);
    await this.#checkSender(envelope);
    const pair = this.#addPair(id, instance, session, secrets);
    try {
      const signal = await pair.open(envelope, { isVerified: true });
      this.#noteOpened(keyOf(id, instance), number);
      return { pair, signal, isNew: true };
    } catch (error) {
      pair.close();
      throw error;
    }
  }

  /** Whoever brings a card has to prove it; whoever brings none does not seal. */
  async #checkSender(envelope: Envelope, said?: number): Promise<void> {
    const { from: id, instance, card } = envelope.head;
    if (!this.isSealing) {
      if (card !== undefined) throw new PeerloomError("PROTOCOL_MISMATCH", `"${id}" seals what it says, and this peer does not`);
      return;
    }
    if (card === undefined) throw new PeerloomError("PROTOCOL_MISMATCH", `"${id}" does not seal what it says, and this peer does`);
    const [isBearer] = await Promise.all([mayBear(id, card.sign), checkSignature(this.#room, envelope, card.sign)]);
    if (!isBearer) throw new PeerloomError("FORGED", `the id "${id}" is made of another key than its bearer's`);
    this.#pins.admit(id, instance, card, said);
  }

  #addPair(id: string, instance: string, session: string, secrets: PairSecrets | undefined): SignalPair {
    if (this.#pairs.size >= this.#maxPairs) throw new PeerloomError("LIMIT", `there are ${this.#maxPairs} pairs already`);
    const release = this.#pins.hold(id);
    const pair = new SignalPair({
      room: this.#room,
      own: this,
      id,
      instance,
      session,
      isOpener: instanceOf(session) === this.instance,
      secrets,
      onClose: () => {
        release();
        this.#pairs.delete(keyOf(id, session));
      },
    });
    this.#pairs.set(keyOf(id, session), pair);
    return pair;
  }

  #secretsFor(id: string, instance: string, session: string, card: Card | undefined): PairSecrets | undefined {
    const secrets = this.#secrets;
    if (secrets === undefined || card === undefined) return undefined;
    const isOpener = instanceOf(session) === this.instance;
    const own = [this.id, this.instance, secrets.card.sign, secrets.card.agree];
    const theirs = [id, instance, card.sign, card.agree];
    const transcript = JSON.stringify([this.#room, session, ...(isOpener ? [own, theirs] : [theirs, own])]);
    const seal = agreeOnSeal({ own: secrets.agreeKey, theirs: card.agree, transcript, isOpener });
    // Whoever seals or opens with it hears of it.
    seal.catch(() => {});
    return { ...secrets, theirCard: card, seal };
  }

  #noteOpened(key: string, number: number): void {
    this.#openedBy.delete(key);
    this.#openedBy.set(key, number);
    const [oldest] = this.#openedBy.keys();
    if (this.#openedBy.size > this.#maxPins && oldest !== undefined) this.#openedBy.delete(oldest);
  }
}

/** Only the id is proven: a stranger may claim another's stay or session under its own, and must not get in its way by that. */
function keyOf(id: string, stayOrSession: string): string {
  return `${stayOrSession} ${id}`;
}

/** @throws PeerloomError `PROTOCOL_MISMATCH` for another version of signaling, `BAD_SIGNAL` for what is none. */
function parse(bytes: Uint8Array): Envelope {
  const envelope = parseEnvelope(bytes);
  if (envelope !== undefined) return envelope;
  const version = versionOf(bytes);
  if (version !== undefined && version > SIGNALING_VERSION && version < 32)
    throw new PeerloomError("PROTOCOL_MISMATCH", `a peer speaks version ${version} of signaling, this one version ${SIGNALING_VERSION}`);
  throw new PeerloomError("BAD_SIGNAL", `${bytes.byteLength} bytes that are no signaling`);
}
