/** What is told beside the figures, on standard error. */
export interface Log {
  /** Where the bench is; shown on a terminal only. */
  readonly progress: (text: string) => void;
  /** What each round measured; shown with `--verbose` only. */
  readonly note: (text: string, samples: readonly number[]) => void;
}

export function createLog(isVerbose: boolean): Log {
  return {
    progress: (text) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
    },
    note: (text, samples) => {
      if (isVerbose) console.error(`${text}: ${samples.map((value) => value.toPrecision(4)).join(" ")}`);
    },
  };
}
