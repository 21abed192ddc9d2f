import { deadline, PeerloomError } from "@peerloom/core";
import { mayBear } from "@peerloom/core/crypto";
import type { PeerKey } from "./channel.ts";

/**
 * Decides whether a key may speak for an id: true takes it, false or an error refuses the peer with `UNTRUSTED`. Asked once for each key a
 * peer comes with; what is sent meanwhile waits.
 */
export type TrustHook = (peer: PeerKey) => boolean | Promise<boolean>;

/** What `trustOnFirstUse` remembers keys in: a Map, or anything that keeps them longer. */
export interface KeyStore {
  get(id: string): string | undefined | Promise<string | undefined>;
  set(id: string, publicKey: string): unknown;
}

/** Takes the first key that comes for an id, and from then on no other. @defaultValue a Map, which is as old as this program */
export function trustOnFirstUse(store: KeyStore = new Map<string, string>()): TrustHook {
  return async ({ id, publicKey }) => {
    const known = await store.get(id);
    if (known === undefined) await store.set(id, publicKey);
    return known === undefined || known === publicKey;
  };
}

/** Asks the hook, unless the id is made of another key. @throws PeerloomError `UNTRUSTED` when it refuses, throws or takes too long. */
export async function askTrust(hook: TrustHook, peer: PeerKey, timeoutMs: number): Promise<void> {
  const name = JSON.stringify(peer.id);
  if (!(await mayBear(peer.id, peer.publicKey)))
    throw new PeerloomError("UNTRUSTED", `the id ${name} is made of another key than the one it came with`);
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    stop = deadline(
      { timeoutMs },
      () => `the decision on the key of ${name}`,
      (cause) => {
        reject(new PeerloomError("UNTRUSTED", `nobody decided on the key of ${name} within ${timeoutMs} ms`, { cause }));
      },
    );
  });
  try {
    if ((await Promise.race([decide(hook, peer), late])) === true) return;
  } finally {
    stop();
  }
  throw new PeerloomError("UNTRUSTED", `the key ${peer.fingerprint} is not trusted for ${name}`);
}

async function decide(hook: TrustHook, peer: PeerKey): Promise<unknown> {
  try {
    return await hook(peer);
  } catch (cause) {
    throw new PeerloomError("UNTRUSTED", `the decision on the key of ${JSON.stringify(peer.id)} failed`, { cause });
  }
}
