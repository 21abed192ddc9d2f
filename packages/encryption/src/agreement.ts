import { PeerloomError, type Packet, type PathName } from "@peerloom/core";
import type { Identity } from "@peerloom/core/crypto";
import type { Channel, PeerKey } from "./channel.ts";
import type { MakeCipher } from "./cipher.ts";
import { Decision } from "./decision.ts";
import * as handshake from "./handshake.ts";
import { KeyRing } from "./key-ring.ts";
import { LastWord } from "./last-word.ts";
import { LIMITS } from "./limits.ts";
import { initialState, step, type Effect, type Input } from "./machine.ts";
import * as encode from "./message.ts";
import type { Message } from "./message.ts";
import { Pace } from "./pace.ts";

export interface AgreementHost {
  readonly peer: string;
  readonly instance: string;
  readonly now: () => number;
  readonly makeCipher: MakeCipher;
  /** This client's own id, as the relay has it. */
  id(): string;
  identity(): Promise<Identity>;
  /** May this key speak for this id? @throws PeerloomError `UNTRUSTED` */
  trust(peer: PeerKey): Promise<void>;
  /** Hands a message over; false when the path takes none. */
  say(packet: Packet, path: PathName): boolean;
  /** Runs work after what has come before it. */
  later(work: () => Promise<void>): void;
  /** Does something wait to be sealed? */
  isWanted(): boolean;
  /** There is a channel to seal with. */
  opened(channel: Channel): void;
  /** There will be none. */
  failed(error: PeerloomError): void;
}

/** How two clients come to have a channel: the I/O around `step`. One message is read after the other, by the owner's lane. */
export class Agreement {
  readonly #host: AgreementHost;
  readonly #decision: Decision;
  readonly #answers: Pace;
  readonly #replies: Pace;
  readonly #keys = new KeyRing();
  /** Hello, or accept. */
  readonly #word: LastWord;
  #state = initialState;
  #offer: handshake.Offer | undefined;
  #agreed: handshake.Agreed | undefined;
  #confirm: Packet | undefined;
  #path: PathName = "relay";
  #wasForged = false;
  #isWanting = false;
  #isClosed = false;

  constructor(host: AgreementHost) {
    this.#host = host;
    this.#decision = new Decision((peer) => host.trust(peer));
    this.#answers = new Pace(LIMITS.replyMs, host.now);
    this.#replies = new Pace(LIMITS.replyMs, host.now);
    this.#word = new LastWord((packet, path) => host.say(packet, path), this.#onTime);
  }

  /** What seals now. */
  get live(): Channel | undefined {
    return this.#keys.live;
  }

  /** True while keys are being agreed on. */
  get isPending(): boolean {
    return this.#state.pending.at !== "none";
  }

  /** The channel that what comes was sealed with. */
  channelOf(id: string): Channel | undefined {
    return this.#keys.channelOf(id);
  }

  /** Something is to be sealed, and goes by this path: sees to it that there are keys, and that they are not too old. */
  want(path: PathName): void {
    this.#path = path;
    const isOld = this.#keys.isOld(this.#host.now());
    if (this.#isWanting || this.isPending || (this.#keys.live !== undefined && !isOld)) return;
    this.#isWanting = true;
    this.#host.later(() => {
      this.#isWanting = false;
      return this.#input({ type: isOld ? "renew" : "want" });
    });
  }

  /** A message about keys has come by this path. */
  async read(message: Exclude<Message, { type: "sealed" }>, path: PathName): Promise<void> {
    if (this.#isClosed || (message.type === "hello" && !this.#mayAnswer(message.id))) return;
    this.#path = path;
    if (message.type === "alert") return this.#readAlert(message.id, message.box);
    await this.#input(message.type === "plain" ? { type: "plain" } : { type: message.type, id: message.id }, message);
  }

  /** Something was sealed with keys that are not there. */
  async stranger(id: string, path: PathName): Promise<void> {
    this.#path = path;
    await this.#input({ type: "stranger", id });
  }

  /** The relay tells which client object the peer is. */
  async present(instance: string): Promise<void> {
    const { live } = this.#keys;
    if (live !== undefined && live.instance !== instance) await this.#input({ type: "replaced" });
  }

  /** What was said last did not reach the peer: that try does not count. */
  refused(): void {
    this.#word.refused();
  }

  /** The peer may hear again. */
  nudge(): void {
    if (this.isPending && this.#word.wasRefused) this.#word.say("relay");
  }

  /** Gives up what this side has begun: nobody waits for it any more. */
  drop(): void {
    if (this.#state.pending.at !== "answering") [this.#state] = step(this.#state, { type: "failed" });
    this.#settle();
  }

  close(): void {
    this.#isClosed = true;
    this.#state = initialState;
    this.#settle();
    this.#keys.clear();
    this.#agreed = undefined;
  }

  async #input(input: Input, message?: Message): Promise<void> {
    if (this.#isClosed) return;
    const [state, effects] = step(this.#state, input);
    this.#state = state;
    for (const effect of effects) await this.#run(effect, message);
    this.#settle();
  }

  async #run(effect: Effect, message: Message | undefined): Promise<void> {
    switch (effect.do) {
      case "begin":
        return this.#begin();
      case "answer":
        return message?.type === "hello" ? this.#answer(message) : undefined;
      case "read-accept":
        return message?.type === "accept" ? this.#readAccept(message) : undefined;
      case "read-confirm":
        return message?.type === "confirm" ? this.#readConfirm(message.id, message.box) : undefined;
      case "say-hello":
      case "say-accept":
        return this.#word.say(this.#pathOfTry);
      case "say-confirm":
        if (this.#confirm !== undefined) this.#host.say(this.#confirm, this.#path);
        return;
      case "say-unknown":
        if (this.#replies.take()) this.#host.say(encode.encodeUnknown(effect.id), this.#path);
        return;
      case "retire":
        return this.#keys.retire();
      case "forget":
        return this.#keys.clear();
      case "use": {
        const live = this.#keys.use();
        if (live !== undefined) this.#host.opened(live);
        return;
      }
      case "fail":
        return this.#fail(effect.code);
    }
  }

  async #begin(): Promise<void> {
    const offer = await handshake.makeOffer();
    if (this.#isClosed || this.#state.pending.at !== "beginning") return;
    this.#offer = offer;
    this.#word.set(encode.encodeHello(offer.id, this.#host.instance, offer.keys.publicKey));
    this.#wasForged = false;
    await this.#input({ type: "offered", id: offer.id });
  }

  async #answer(hello: Extract<Message, { type: "hello" }>): Promise<void> {
    const answer = await handshake.answerHello(await this.#parties(), hello).catch((error: unknown) => this.#wrong(error));
    if (answer === undefined) return this.#input({ type: "failed" });
    const { agreed, key, box } = answer;
    this.#agreed = agreed;
    this.#word.set(encode.encodeAccept(hello.id, this.#host.instance, key, box));
    this.#word.say(this.#path);
  }

  async #readAccept(accept: Extract<Message, { type: "accept" }>): Promise<void> {
    const offer = this.#offer;
    if (offer === undefined) return;
    const parties = await this.#parties();
    // Somebody else's answer does not end the wait for the right one.
    const read = await handshake.readAccept(parties, offer, accept).catch((error: unknown) => this.#wrong(error));
    if (read === undefined) return;
    const { agreed, peer } = read;
    this.#agreed = agreed;
    if (!(await this.#isTrusted(peer, true))) return;
    const [channel, box] = await Promise.all([this.#open(agreed, peer, true), handshake.makeConfirm(parties, agreed, peer)]);
    this.#keys.prepare(channel);
    this.#confirm = encode.encodeConfirm(offer.id, box);
    await this.#input({ type: "proven", id: offer.id });
  }

  async #readConfirm(id: string, box: Uint8Array<ArrayBuffer>): Promise<void> {
    const agreed = this.#agreed;
    if (agreed === undefined) return;
    const peer = await handshake.readConfirm(await this.#parties(), agreed, box).catch((error: unknown) => this.#wrong(error));
    if (peer === undefined || !(await this.#isTrusted(peer, false))) return;
    this.#keys.prepare(await this.#open(agreed, peer, false));
    this.#confirm = undefined;
    await this.#input({ type: "proven", id });
  }

  async #readAlert(id: string, box: Uint8Array<ArrayBuffer>): Promise<void> {
    const agreed = this.#agreed;
    const { live, pending } = this.#state;
    const isOpener = live?.id === id && live.isOpener;
    if (agreed?.id !== id || (!isOpener && !(pending.at === "answering" && pending.id === id))) return;
    const code = await handshake.openAlert(agreed, isOpener, box);
    if (code === undefined) return;
    const error = new PeerloomError("UNTRUSTED", `${JSON.stringify(this.#host.peer)} does not trust the key of this client`);
    if (isOpener) await this.#input({ type: "replaced" });
    else await this.#input({ type: "failed" });
    if (this.#keys.live === undefined) this.#host.failed(error);
  }

  #open(agreed: handshake.Agreed, peer: PeerKey, isOpener: boolean): Promise<Channel> {
    const { makeCipher, now } = this.#host;
    return handshake.openChannel({ agreed, peer, isOpener, makeCipher, now: now() });
  }

  /** Asks whether the key may speak for the id; if not, the other is told, and what waits for it fails. */
  async #isTrusted(peer: PeerKey, isOpener: boolean): Promise<boolean> {
    const refusal = await this.#decision.refusalOf(peer);
    if (this.#isClosed || refusal === undefined) return !this.#isClosed;
    if (this.#agreed !== undefined)
      this.#host.say(encode.encodeAlert(this.#agreed.id, await handshake.sealAlert(this.#agreed, isOpener, "UNTRUSTED")), this.#path);
    await this.#input({ type: "failed" });
    if (this.#keys.live === undefined) this.#host.failed(refusal);
    return false;
  }

  /** What came proves nothing. */
  #wrong(error: unknown): undefined {
    if (!PeerloomError.is(error)) throw error;
    this.#wasForged = true;
  }

  #fail(code: "NOT_ENCRYPTED" | "TIMEOUT"): void {
    const name = JSON.stringify(this.#host.peer);
    if (code === "NOT_ENCRYPTED") this.#host.failed(new PeerloomError(code, `${name} does not encrypt, and this client does`));
    else if (this.#wasForged) this.#host.failed(new PeerloomError("FORGED", `all that came in the name of ${name} was forged`));
    else this.#host.failed(new PeerloomError(code, `${name} did not agree on keys in time`));
  }

  async #parties(): Promise<handshake.Parties> {
    const { peer, instance } = this.#host;
    return { identity: await this.#host.identity(), id: this.#host.id(), instance, peer };
  }

  /** Every other try goes by the relay: the path in use may be the one that is dead. */
  get #pathOfTry(): PathName {
    const { pending } = this.#state;
    return "tries" in pending && pending.tries % 2 === 0 ? "relay" : this.#path;
  }

  /** New hellos cost both sides some computing: one that is not answered now is said again. */
  #mayAnswer(id: string): boolean {
    const { pending } = this.#state;
    return ("id" in pending && pending.id === id) || this.#answers.take();
  }

  /** The clock runs while something is under way. */
  #settle(): void {
    const { pending } = this.#state;
    if (pending.at === "none") {
      this.#offer = undefined;
      this.#word.forget();
    } else if ("tries" in pending) this.#word.wait(pending.tries);
  }

  readonly #onTime = (): void => {
    this.#host.later(async () => {
      if (!this.#word.wasRefused) return this.#input({ type: "tick", isWanted: this.#host.isWanted() });
      this.#word.say("relay");
      this.#settle();
    });
  };
}
