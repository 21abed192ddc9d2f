/** What comes from the network is drawn at most so often, in milliseconds. */
const relaxedMs = 32;

/** When the page is drawn: many changes in one turn are one drawing. */
export interface Drawing {
  now(): void;
  /** Asks for a drawing at the end of this turn, or soon inside of `relax`. */
  ask(): void;
  /** Runs what nobody waits for: a hundred messages that come at once need not be drawn one by one. */
  relax(run: () => void): void;
}

export function createDrawing(draw: () => void): Drawing {
  let isAsked = false;
  let isRelaxed = false;
  let last = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = (): void => {
    clearTimeout(timer);
    timer = undefined;
    isAsked = false;
    draw();
    last = performance.now();
  };
  return {
    now,
    ask: () => {
      if (isRelaxed) {
        timer ??= setTimeout(now, Math.max(0, last + relaxedMs - performance.now()));
      } else if (!isAsked) {
        isAsked = true;
        queueMicrotask(now);
      }
    },
    relax: (run) => {
      isRelaxed = true;
      try {
        run();
      } finally {
        isRelaxed = false;
      }
    },
  };
}
