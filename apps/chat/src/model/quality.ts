/** How the way to somebody is. */
export interface Quality {
  readonly path: "relay" | "direct";
  /** There and back, in milliseconds. */
  readonly roundTripMs: number | undefined;
  /** Share of the media packets that were lost, 0 to 1; undefined without a call. */
  readonly loss: number | undefined;
}

export type Grade = "good" | "fair" | "poor";

/** One word for it: from when on people notice. */
export function gradeOf({ roundTripMs = 0, loss = 0 }: Quality): Grade {
  if (roundTripMs > 400 || loss > 0.08) return "poor";
  return roundTripMs > 150 || loss > 0.02 ? "fair" : "good";
}

/** The way in a few words: "direct · 12 ms · 0 % loss". */
export function qualityWords({ path, roundTripMs, loss }: Quality): string {
  const words: string[] = [path];
  if (roundTripMs !== undefined) words.push(roundTripMs < 1 ? "under 1 ms" : `${Math.round(roundTripMs)} ms`);
  if (loss !== undefined) words.push(`${loss > 0 && loss < 0.01 ? "under 1" : Math.round(loss * 100)} % loss`);
  return words.join(" · ");
}
