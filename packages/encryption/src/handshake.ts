import { PeerloomError } from "@peerloom/core";
import {
  agree,
  concat,
  createAgreeKeys,
  fingerprintOf,
  fromBase64Url,
  isSignedBy,
  openBytes,
  readAgreeKey,
  sealBytes,
  toBase64Url,
  type AgreeKeys,
  type DeriveKey,
  type Identity,
} from "@peerloom/core/crypto";
import { Channel, type PeerKey } from "./channel.ts";
import type { MakeCipher } from "./cipher.ts";
import type { Message } from "./message.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Hello = Extract<Message, { type: "hello" }>;
type Accept = Extract<Message, { type: "accept" }>;

/** Who agrees: this end, and the id of the other. */
export interface Parties {
  readonly identity: Identity;
  readonly id: string;
  readonly instance: string;
  readonly peer: string;
}

/** What the opener keeps until it is answered. */
export interface Offer {
  readonly id: string;
  readonly keys: AgreeKeys;
}

/** Keys that are agreed on with somebody who is not proven yet. */
export interface Agreed {
  readonly id: string;
  readonly instance: string;
  readonly transcript: string;
  readonly derive: DeriveKey;
}

const label = "peerloom encryption 1";
const keyBytes = 65;
const signatureBytes = 64;
const idBytes = 12;
const encoder = new TextEncoder();

/** Begins: new keys under a new id. */
export async function makeOffer(): Promise<Offer> {
  return { id: toBase64Url(crypto.getRandomValues(new Uint8Array(idBytes))), keys: await createAgreeKeys() };
}

/** Answers a hello: what to say, and what to keep. @throws PeerloomError `FORGED` when it has no key. */
export async function answerHello(parties: Parties, hello: Hello): Promise<{ agreed: Agreed; key: string; box: Bytes }> {
  const keys = await createAgreeKeys();
  const transcript = transcriptOf(hello.id, [parties.peer, hello.instance, hello.key], [parties.id, parties.instance, keys.publicKey]);
  const derive = await deriveFrom(parties, keys, hello.key, transcript);
  const box = await sealProof(derive, "accept", parties.identity, transcript, "");
  return { agreed: { id: hello.id, instance: hello.instance, transcript, derive }, key: keys.publicKey, box };
}

/** Reads the answer to an offer: who is there. @throws PeerloomError `FORGED`. */
export async function readAccept(parties: Parties, offer: Offer, accept: Accept): Promise<{ agreed: Agreed; peer: PeerKey }> {
  const { keys } = offer;
  const transcript = transcriptOf(offer.id, [parties.id, parties.instance, keys.publicKey], [parties.peer, accept.instance, accept.key]);
  const derive = await deriveFrom(parties, keys, accept.key, transcript);
  const peer = await openProof(derive, "accept", parties.peer, transcript, "", accept.box);
  return { agreed: { id: offer.id, instance: accept.instance, transcript, derive }, peer };
}

/** What the opener says last: who it is, to whom. */
export function makeConfirm({ identity }: Parties, { derive, transcript }: Agreed, peer: PeerKey): Promise<Bytes> {
  return sealProof(derive, "confirm", identity, transcript, peer.publicKey);
}

/** Reads who the opener is. @throws PeerloomError `FORGED`. */
export function readConfirm({ identity, peer }: Parties, { derive, transcript }: Agreed, box: Bytes): Promise<PeerKey> {
  return openProof(derive, "confirm", peer, transcript, identity.publicKey, box);
}

export interface ChannelParts {
  readonly agreed: Agreed;
  readonly peer: PeerKey;
  readonly isOpener: boolean;
  readonly makeCipher: MakeCipher;
  readonly now: number;
}

/** The channel of two who know each other. */
export async function openChannel({ agreed, peer, isOpener, makeCipher, now }: ChannelParts): Promise<Channel> {
  const { id, instance, derive } = agreed;
  const [own, theirs] = isOpener ? ["opener", "answerer"] : ["answerer", "opener"];
  return new Channel({ id, peer, instance, cipher: await makeCipher(derive, `${label} ${own}`, `${label} ${theirs}`), now });
}

/** Says to the other end that there will be no channel, so that nobody between can say it. */
export async function sealAlert({ derive }: Agreed, isOpener: boolean, code: string): Promise<Bytes> {
  return sealBytes(await derive(alertInfo(isOpener), "encrypt"), 0, undefined, encoder.encode(code));
}

/** The code of an alert; undefined when it is not the other end's. */
export async function openAlert({ derive }: Agreed, isOpener: boolean, box: Bytes): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await openBytes(await derive(alertInfo(!isOpener), "decrypt"), 0, undefined, box));
  } catch {
    return undefined;
  }
}

function alertInfo(isOpener: boolean): string {
  return `${label} alert of the ${isOpener ? "opener" : "answerer"}`;
}

type End = readonly [id: string, instance: string, key: string];

function transcriptOf(id: string, opener: End, answerer: End): string {
  return JSON.stringify([label, id, opener, answerer]);
}

async function deriveFrom({ peer }: Parties, keys: AgreeKeys, theirs: string, transcript: string): Promise<DeriveKey> {
  const key = await readAgreeKey(theirs);
  if (key === undefined) throw forged(peer, "a key that is no point of the curve");
  return agree({ own: keys.privateKey, theirs: key, transcript });
}

type Step = "accept" | "confirm";

/** What proves who one is: the public key and a signature of all that both know, sealed, so that nobody between learns of it. */
async function sealProof(derive: DeriveKey, step: Step, identity: Identity, transcript: string, to: string): Promise<Bytes> {
  const signature = await identity.sign(signedBytes(step, transcript, identity.publicKey, to));
  return sealBytes(await derive(`${label} ${step}`, "encrypt"), 0, undefined, concat(fromBase64Url(identity.publicKey), signature));
}

async function openProof(derive: DeriveKey, step: Step, peer: string, transcript: string, to: string, box: Bytes): Promise<PeerKey> {
  const key = await derive(`${label} ${step}`, "decrypt");
  const proof = await openBytes(key, 0, undefined, box).catch((cause: unknown) => {
    throw forged(peer, `an "${step}" that was not sealed for this client, or was changed`, cause);
  });
  if (proof.length !== keyBytes + signatureBytes) throw forged(peer, `an "${step}" of another form`);
  const publicKey = toBase64Url(proof.subarray(0, keyBytes));
  const signature = proof.slice(keyBytes);
  if (!(await isSignedBy(publicKey, signature, signedBytes(step, transcript, publicKey, to))))
    throw forged(peer, `an "${step}" without its signature`);
  return { id: peer, publicKey, fingerprint: await fingerprintOf(publicKey) };
}

function signedBytes(step: Step, transcript: string, from: string, to: string): Bytes {
  return encoder.encode(JSON.stringify([label, step, transcript, from, to]));
}

function forged(peer: string, what: string, cause?: unknown): PeerloomError {
  return new PeerloomError("FORGED", `in the name of ${JSON.stringify(peer)} came ${what}`, { cause });
}
