import type { Child } from "../processes/child.ts";

/** How a crowd talks: questions a second of all together, for so long. */
export interface Talk {
  readonly perSecond: number;
  readonly durationMs: number;
}

/** Beyond the time for which a crowd talks. */
const graceMs = 60_000;

/** Milliseconds of a crowd's questions, the shortest first. Rejects when one was not answered, or with something else. */
export async function hear(crowd: Child, talk: Talk): Promise<readonly number[]> {
  const samples = (await crowd.call("talk", talk, talk.durationMs + graceMs)) as number[];
  return samples.sort((a, b) => a - b);
}

/** What a share of the samples does not exceed; they are sorted. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
