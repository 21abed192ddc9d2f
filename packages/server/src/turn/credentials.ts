import { createHmac } from "node:crypto";
import type { IceServer } from "@peerloom/protocol";
import type { TurnSettings } from "./options.ts";

/**
 * ICE servers for a client, with credentials that hold from `now` (milliseconds since 1970) for `ttlSeconds`, as coturn's `use-auth-secret`
 * checks them: the username is the second of their end and the client's id, the password its HMAC-SHA1 under the shared secret
 * (draft-uberti-behave-turn-rest-00).
 */
export function iceServersFor(id: string, { turnUrls, stunUrls, secret, ttlSeconds }: TurnSettings, now: number): readonly IceServer[] {
  const stun: IceServer[] = stunUrls.length > 0 ? [{ urls: [...stunUrls] }] : [];
  if (turnUrls.length === 0) return stun;
  // Escaped, because ids may hold what a TURN server does not take in a name.
  const username = `${Math.floor(now / 1000) + ttlSeconds}:${encodeURIComponent(id)}`;
  const credential = createHmac("sha1", secret).update(username).digest("base64");
  return [...stun, { urls: [...turnUrls], username, credential }];
}
