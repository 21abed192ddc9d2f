/** Who has an id. */
export interface Holder {
  readonly instance: string;
  /** Has a socket, or is just getting one. */
  readonly isLive: boolean;
}

/** Who wants an id. */
export interface Claimant {
  readonly instance: string;
  /** Proved that this instance was given this id before. */
  readonly hasResume: boolean;
}

/** What comes of a claim: `fresh` and `oust` make a new client (the holder is gone), `continue` gives the holder a new socket. */
export type Verdict = "fresh" | "continue" | "oust" | "refuse";

/**
 * Decides a claim to an id: docs/protocol.md section 2. An instance is no secret, others see it in presence; so only a resume secret
 * continues a client, and the same instance without one is a stranger.
 */
export function decideClaim(holder: Holder | undefined, claimant: Claimant, policy: "reject" | "replace"): Verdict {
  if (holder === undefined) return "fresh";
  if (claimant.hasResume && holder.instance === claimant.instance) return "continue";
  if (!holder.isLive || claimant.hasResume || policy === "replace") return "oust";
  return "refuse";
}
