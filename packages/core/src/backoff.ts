export interface BackoffOptions {
  /** First delay in milliseconds. @defaultValue 100 */
  readonly minMs?: number;
  /** Largest delay in milliseconds. @defaultValue 5000 */
  readonly maxMs?: number;
  /** Source of randomness in [0, 1). @defaultValue Math.random */
  readonly random?: () => number;
}

/**
 * Delay in milliseconds before try number `attempt` (from 0): doubles from `minMs` up to `maxMs`, of which a random part, at
 * most half, is taken off, so that many clients do not come back in the same moment.
 */
export function backoff(attempt: number, { minMs = 100, maxMs = 5000, random = Math.random }: BackoffOptions = {}): number {
  const full = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));
  return full * (0.5 + random() / 2);
}
