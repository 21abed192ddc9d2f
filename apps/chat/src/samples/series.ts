/** The latest values of a topic, oldest first. */
export type Series = readonly number[];

/** Values kept and drawn. */
export const maxPoints = 60;

/** Adds a value; what is no number is not drawn. */
export function withValue(series: Series, value: unknown): Series {
  return typeof value === "number" && Number.isFinite(value) ? [...series.slice(-(maxPoints - 1)), value] : series;
}

/** The series as the path of a line in a box, newest at the right edge. Its lower edge is 0, or the least value below it. */
export function toPath(series: Series, width: number, height: number): string {
  if (series.length === 0) return "";
  const low = Math.min(0, ...series);
  const high = Math.max(low + 1, ...series);
  const step = width / (maxPoints - 1);
  const begin = width - (series.length - 1) * step;
  const points = series.map((value, n) => `${round(begin + n * step)} ${round(height - ((value - low) / (high - low)) * height)}`);
  return `M${points.join("L")}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
