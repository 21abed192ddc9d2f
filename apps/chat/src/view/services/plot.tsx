import type { JSX } from "preact";
import { toPath, type Series } from "../../samples/series.ts";

const [width, height] = [240, 44];

/** The latest values of a topic as a line. */
export function Plot({ series, label }: { readonly series: Series; readonly label: string }): JSX.Element {
  const last = series.at(-1);
  return (
    <div class="plot">
      <svg
        viewBox={`0 -3 ${width} ${height + 6}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${label}, ${last === undefined ? "nothing yet" : `now ${last}`}`}
      >
        <path class="base" d={`M0 ${height}H${width}`} />
        <path class="line" d={toPath(series, width, height)} />
        {series.length > 0 && <path class="line last" d={lastPoint(series)} />}
      </svg>
      <span class="value" aria-hidden="true">
        {last ?? "–"}
      </span>
    </div>
  );
}

/** The newest value as a dot: a line of one point is not seen. */
function lastPoint(series: Series): string {
  const end = toPath(series, width, height).split(/[ML]/u).at(-1) ?? "";
  return `M${end}l0.001 0`;
}
