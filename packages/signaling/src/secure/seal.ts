import { PeerloomError } from "@peerloom/core";
import { agree, readAgreeKey } from "@peerloom/core/crypto";

/** One key for each direction: no two messages of a pair are ever sealed with the same key and number. */
export interface Seal {
  readonly outgoing: CryptoKey;
  readonly incoming: CryptoKey;
}

export interface SealOptions {
  /** This stay's private key for agreement. */
  readonly own: CryptoKey;
  /** The other side's public one. */
  readonly theirs: string;
  /** All that both sides know of the pair: whoever knows something else gets other keys. */
  readonly transcript: string;
  /** Did this side open the session? */
  readonly isOpener: boolean;
}

/** Agrees on the keys of a pair. @throws PeerloomError `BAD_SIGNAL` when `theirs` is no key. */
export async function agreeOnSeal({ own, theirs, transcript, isOpener }: SealOptions): Promise<Seal> {
  const key = await readAgreeKey(theirs);
  if (key === undefined) throw new PeerloomError("BAD_SIGNAL", "a card with a key for agreement that is no point of the curve");
  const derive = await agree({ own, theirs: key, transcript });
  const [outgoing, incoming] = await Promise.all([
    derive(`peerloom signaling 1 ${isOpener ? "opener" : "newcomer"}`, "encrypt"),
    derive(`peerloom signaling 1 ${isOpener ? "newcomer" : "opener"}`, "decrypt"),
  ]);
  return { outgoing, incoming };
}
